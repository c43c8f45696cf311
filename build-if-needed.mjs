/**
 * Builds `dist` when it is missing or older than the sources; with `--always` in any case. Two that start at once do
 * not meet: one builds beside `dist` and swaps the folders, the other waits.
 */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');
const lock = join(root, 'node_modules', '.cache', 'ostiary-build');
const inputs = [
  'src',
  'package.json',
  'tsconfig.json',
  'tsup.config.ts',
  'embed-worker.ts',
  'one-password-list.ts',
];

/** Answers whether it built. `say` is told before a build starts. */
export async function buildIfNeeded({ always = false, say = () => {} } = {}) {
  if (!always && isFresh()) return false;
  await takeLock();
  try {
    // The one that held the lock before may have built.
    if (!always && isFresh()) return false;
    say('Building dist from src …');
    build();
    return true;
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

/** The folder `dist` carries the time at which its build began, so that an edit during a build is seen. */
function isFresh() {
  const built = changedAt(dist);
  return built !== undefined && inputs.every((input) => newest(join(root, input)) < built);
}

/** Of a folder with all that is in it; the folders count too, so that a deleted file is a change. */
function newest(path) {
  const stat = fs.statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(path).map((name) => newest(join(path, name))));
}

function changedAt(path) {
  return fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function build() {
  const began = new Date();
  const next = `dist.${process.pid}`;
  const old = `${next}.old`;
  try {
    const tsup = join(root, 'node_modules', 'tsup', 'dist', 'cli-default.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsup, '--out-dir', next], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`The build failed.\n${stdout}${stderr}`);
    fs.utimesSync(join(root, next), began, began);
    if (changedAt(dist) !== undefined) fs.renameSync(dist, join(root, old));
    fs.renameSync(join(root, next), dist);
  } finally {
    for (const folder of [next, old]) fs.rmSync(join(root, folder), { recursive: true, force: true });
  }
}

/** Waits for the lock. It holds the id of its owner, and is taken from one that is gone. */
async function takeLock() {
  const mine = `${lock}.${process.pid}`;
  fs.mkdirSync(dirname(lock), { recursive: true });
  fs.writeFileSync(mine, String(process.pid));
  try {
    while (!linked(mine)) {
      if (ownerIsGone()) fs.rmSync(lock, { force: true });
      else await sleep(100);
    }
  } finally {
    fs.rmSync(mine);
  }
}

/** A link is made once, and complete from the first moment. */
function linked(mine) {
  try {
    fs.linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownerIsGone() {
  try {
    process.kill(Number(fs.readFileSync(lock, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildIfNeeded({ always: process.argv.includes('--always'), say: console.log });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
