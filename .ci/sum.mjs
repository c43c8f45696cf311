/** Adds up what the runs in a log counted, and prints it as the one line `N passed, N failed`. */

import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const [path, status] = process.argv.slice(2);
const log = stripVTControlCharacters(readFileSync(path, 'utf8'));
const counts = log.split('\n').filter((line) => /^ +Tests +\d|^\d+ passed, \d+ failed$/.test(line));
const sum = (word) =>
  counts.reduce((total, line) => total + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0), 0);

// A step that failed without a count, such as the build, is one failure; a run in which nothing was tested is one too.
const passed = sum('passed');
const failed = sum('failed') || (status === '0' && passed > 0 ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
