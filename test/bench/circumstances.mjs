/** What a figure depends on and a reader must know: versions, cores, and how busy the machine was. */

import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** `peers` are packages of this folder, `ostiaryBrings` those that ostiary has of its own. */
export function circumstances({ peers, ostiaryBrings }) {
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    load: loadNow(),
    versions: {
      ostiary: versionIn('../../package.json'),
      ...Object.fromEntries(
        ostiaryBrings.map((name) => [
          `${name} in ostiary`,
          versionIn(`../../node_modules/${name}/package.json`),
        ]),
      ),
      ...Object.fromEntries(peers.map((name) => [name, versionIn(`node_modules/${name}/package.json`)])),
    },
  };
}

/** Of the last 1, 5 and 15 minutes. */
export function loadNow() {
  return loadavg().map((load) => Math.round(load * 100) / 100);
}

function versionIn(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
