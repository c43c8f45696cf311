/** Bundles the CommonJS host into one file in the folder that is named. */

'use strict';

const webpack = require('webpack');

const options = {
  entry: require.resolve('../commonjs/server.js'),
  mode: 'production',
  target: 'node20.19',
  output: { path: process.argv[2], filename: 'host.js' },
};

webpack(options, (error, stats) => {
  const problem = error ?? (stats.hasErrors() ? stats.toString('errors-only') : undefined);
  if (problem === undefined) return;
  console.error(problem);
  process.exitCode = 1;
});
