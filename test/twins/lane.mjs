/** A lane runs one thing after the other in a vitest that stays up. A run that hangs or kills it costs a new one, no more. */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const vitest = fileURLToPath(new URL('./standing-vitest.mjs', import.meta.url));

/** `scratch` is the folder for temporary files: what is killed does not tidy up. `longestRun` is in milliseconds. */
export function openLane(scratch, { longestRun = 180_000, script = vitest } = {}) {
  let standing;
  const close = () => {
    if (standing !== undefined) end(standing);
    standing = undefined;
  };
  return {
    /** One run over these files; its report, or `undefined` with what was printed when there is none. */
    async run({ files, twin, bail = 0 }) {
      if (standing === undefined || hasEnded(standing)) standing = start(script, scratch);
      const answer = await ask(standing, { files, twin, bail }, longestRun);
      if (answer.report === undefined) close();
      return { ...answer, files };
    },
    close,
  };
}

/** A group of processes of its own, so that none outlives it. */
function start(script, scratch) {
  const env = { ...process.env, TMPDIR: scratch };
  delete env.OSTIARY_TWIN;
  const child = fork(script, [], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.once('exit', () => end(child));
  return child;
}

function hasEnded({ exitCode, signalCode }) {
  return exitCode !== null || signalCode !== null;
}

function end({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function ask(child, order, longestRun) {
  const printed = [];
  const listen = (chunk) => printed.push(chunk.toString());
  return new Promise((resolve) => {
    const answer = (heard) => {
      clearTimeout(timer);
      child.off('message', answer).off('close', died);
      child.stdout.off('data', listen);
      child.stderr.off('data', listen);
      resolve(heard);
    };
    const none = (late) => answer({ report: undefined, green: false, late, printed: printed.join('') });
    const died = () => none(false);
    const timer = setTimeout(none, longestRun, true);
    child.once('message', answer).once('close', died);
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.send(order, (error) => {
      if (error !== null) died();
    });
  });
}
