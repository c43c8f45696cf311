/** What a figure depends on and a reader must know: versions, cores, and how busy the machine was. */

import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

export function circumstances() {
  const peers = ['express', 'passport', 'passport-local', 'bcryptjs'];
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    load: loadavg().map((load) => Math.round(load * 100) / 100),
    versions: {
      ostiary: versionIn('../../package.json'),
      // ostiary brings its own.
      'bcryptjs in ostiary': versionIn('../../node_modules/bcryptjs/package.json'),
      ...Object.fromEntries(peers.map((peer) => [peer, versionIn(`node_modules/${peer}/package.json`)])),
    },
  };
}

function versionIn(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
