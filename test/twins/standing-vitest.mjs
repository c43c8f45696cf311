/** The process behind a lane: one vitest that stays up and runs what it is sent, each test file in a process of its own. */

import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createVitest, JsonReporter } from 'vitest/node';

const root = fileURLToPath(new URL('../../', import.meta.url));
let heard;

/** The order of the files is the order in which they are sent. */
class AsTold {
  async sort(specifications) {
    return specifications;
  }

  async shard(specifications) {
    return specifications;
  }
}

const ready = stand();
process.on('message', async (order) => {
  const vitest = await ready;
  process.send(await run(vitest, order));
});
// Whoever asked is gone. The test files run in the group of this process.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

async function stand() {
  const report = new JsonReporter({});
  report.writeReport = async (text) => {
    heard.report = JSON.parse(text);
  };
  const outcome = {
    onTestRunEnd: (_modules, errors, state) => {
      heard.green = state === 'passed' && errors.length === 0;
      for (const { stack, message } of errors) heard.printed.push(`${stack ?? message}\n`);
    },
  };
  const vitest = await createVitest(
    'test',
    {
      root,
      watch: false,
      cache: false, // what a twin turned red says nothing of the next run
      typecheck: { enabled: false },
      reporters: [report, outcome],
      fileParallelism: false, // no second file is begun beside the one that turns red
      sequence: { sequencer: AsTold },
    },
    {},
    { stdout: listener(), stderr: listener() },
  );
  await vitest.standalone();
  return vitest;
}

/** The twin's file is loaded again both ways: broken for this run, and whole for the next one. */
async function run(vitest, { files, twin, bail }) {
  heard = { report: undefined, green: false, printed: [] };
  forgetRuns(vitest);
  for (const project of vitest.projects) project.config.bail = bail;
  if (twin !== undefined) process.env.OSTIARY_TWIN = twin.name;
  if (twin !== undefined) vitest.invalidateFile(join(root, twin.file));
  try {
    const found = await vitest.getRelevantTestSpecifications(files);
    await vitest.runTestSpecifications(inOrder(found, files));
  } finally {
    delete process.env.OSTIARY_TWIN;
    if (twin !== undefined) vitest.invalidateFile(join(root, twin.file));
  }
  return { ...heard, printed: heard.printed.join('') };
}

/** Otherwise a file that did not run would still have its results, and a failure of before would count. */
function forgetRuns({ state }) {
  state.filesMap.clear();
  state.idMap.clear();
  state.pathsSet.clear();
}

/** The file that the twin names first is the one that is most likely to notice it. */
function inOrder(specifications, files) {
  const place = ({ moduleId }) => files.findIndex((file) => moduleId.endsWith(`/${file}`));
  return specifications.toSorted((one, other) => place(one) - place(other));
}

function listener() {
  return new Writable({
    write(chunk, _encoding, done) {
      heard?.printed.push(chunk.toString());
      done();
    },
  });
}
