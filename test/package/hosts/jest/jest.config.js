/** Jest as it comes for CommonJS: nothing of `node_modules` is transformed. */

'use strict';

module.exports = { testEnvironment: 'node', rootDir: __dirname };
