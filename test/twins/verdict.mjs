/** What a vitest report says about a twin: red by an assertion, or by an accident that proves nothing. */

/** Messages of vitest’s `expect` and its promises, `node:assert`, supertest and fast-check. Others are thrown by broken code. */
const assertion =
  /^(AssertionError|Error: expected |Error: promise (resolved|rejected) |Error: Property failed )/;

export const verdictOf = {
  /** `undefined` when every named file ran and passed, otherwise what is wrong. */
  whole(run) {
    const problem = accident(run);
    if (problem !== undefined) return problem;
    return run.green ? undefined : `red: ${titles(failures(run)).join('; ') || run.printed}`;
  },

  /** The title of the test that noticed the twin, or the problem. */
  twin(run) {
    const problem = accident(run);
    if (problem !== undefined) return { problem };
    const [red] = titles(failures(run).filter(({ failureMessages }) => failureMessages.some(isAssertion)));
    if (red !== undefined) return { red };
    const others = titles(failures(run));
    if (others.length === 0) return { problem: 'no test went red' };
    return { problem: `red, but not by an assertion: ${others.join('; ')}` };
  },
};

/** A file that did not load, or did not run at all. */
function accident({ report, printed, files, late }) {
  if (late) return `it did not end in time\n${printed}`.trimEnd();
  if (report === undefined) return `vitest gave no report\n${printed}`;
  const broken = report.testResults.find(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  if (broken !== undefined) return `${broken.name} did not load: ${broken.message}`;
  const absent = files.find((file) => !report.testResults.some(({ name }) => name.endsWith(`/${file}`)));
  if (absent !== undefined) return `${absent} did not run`;
  if (report.numPassedTests + report.numFailedTests === 0) return 'no test ran';
  return undefined;
}

function failures({ report }) {
  return report.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'failed');
}

function titles(tests) {
  return tests.map(({ fullName }) => fullName);
}

function isAssertion(message) {
  return assertion.test(message);
}
