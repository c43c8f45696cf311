import { describe, expect, it } from 'vitest';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { status: string; fullName: string; failureMessages: string[] }[];
  }[];
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

interface Run {
  readonly report: Report | undefined;
  readonly green: boolean;
  readonly printed: string;
  readonly files: readonly string[];
  readonly late?: boolean;
}

interface Tools {
  readonly verdictOf: {
    whole(run: Run): string | undefined;
    twin(run: Run): { readonly red?: string; readonly problem?: string };
  };
  breakLine(code: string, twin: { name: string; file: string; find: string; replace: string }): string;
}

const load = (file: string): Promise<Tools> => import(new URL(file, import.meta.url).href);
const { verdictOf } = await load('./verdict.mjs');
const { breakLine } = await load('./twin-plugin.mjs');

const twin = { name: 'open-door', file: 'src/door.ts', find: 'locked = true', replace: 'locked = $& false' };

describe('breakLine', () => {
  it('replaces the part of the line, taking the replacement as it is written', () => {
    expect(breakLine('let locked = true;', twin)).toBe('let locked = $& false;');
  });

  it.each(['let locked = false;', 'locked = true; locked = true;'])('refuses a source like %s', (code) => {
    expect(() => breakLine(code, twin)).toThrow("twin 'open-door': its line occurs");
  });

  it('refuses a twin that breaks nothing', () => {
    expect(() => breakLine('locked = true', { ...twin, replace: twin.find })).toThrow('breaks nothing');
  });
});

describe('the verdict on a twin', () => {
  it.each([
    'AssertionError: expected 1 to be 2',
    'AssertionError [ERR_ASSERTION]: 1 == 2',
    'Error: expected 401 "Unauthorized", got 200 "OK"',
    'Error: Property failed after 1 tests',
  ])('counts a test that failed with %s', (message) => {
    expect(verdictOf.twin(runOf({ opens: message }))).toEqual({ red: 'opens' });
  });

  it.each([
    'TypeError: open is not a function',
    'SyntaxError: Unexpected token',
    'Error: Test timed out in 5000ms.',
  ])('does not count a test that failed with %s', (message) => {
    expect(verdictOf.twin(runOf({ opens: message })).red).toBeUndefined();
  });

  it('says that a twin survived', () => {
    expect(verdictOf.twin(runOf({ opens: undefined }))).toEqual({ problem: 'no test went red' });
  });

  it('does not count a file that did not load', () => {
    const file = { name: '/house/test/door.test.ts', status: 'failed', message: 'no', assertionResults: [] };
    const report = { testResults: [file], numPassedTests: 0, numFailedTests: 0 };
    expect(verdictOf.twin({ ...runOf({}), report }).problem).toContain('did not load');
  });

  it('does not count a run without its file', () => {
    const run = { ...runOf({ opens: undefined }), files: ['test/door.test.ts', 'test/window.test.ts'] };
    expect(verdictOf.twin(run).problem).toBe('test/window.test.ts did not run');
  });

  it('does not count a run without a report', () => {
    expect(verdictOf.twin({ ...runOf({}), report: undefined }).problem).toContain('no report');
  });

  it('does not count a run that hangs, whatever it has printed', () => {
    const run = { ...runOf({}), report: undefined, late: true, printed: 'AssertionError: no\n' };
    expect(verdictOf.twin(run)).toEqual({ problem: 'it did not end in time\nAssertionError: no' });
  });
});

describe('the verdict on the unbroken run', () => {
  it('is content when all passed', () => {
    expect(verdictOf.whole(runOf({ opens: undefined }))).toBeUndefined();
  });

  it('names the test that is red', () => {
    expect(verdictOf.whole(runOf({ opens: 'AssertionError: no', closes: undefined }))).toBe('red: opens');
  });

  it('is not content when nothing ran', () => {
    expect(verdictOf.whole(runOf({}))).toBe('no test ran');
  });

  it('is not content when vitest was not, for whatever reason', () => {
    expect(verdictOf.whole({ ...runOf({ opens: undefined }), green: false })).toBe('red: Unhandled error');
  });
});

/** A run of one file: test titles with the message they failed with. */
function runOf(tests: Readonly<Record<string, string | undefined>>): Run {
  const assertionResults = Object.entries(tests).map(([fullName, message]) => ({
    fullName,
    status: message === undefined ? 'passed' : 'failed',
    failureMessages: message === undefined ? [] : [message],
  }));
  const failed = assertionResults.filter(({ status }) => status === 'failed').length;
  return {
    report: {
      testResults: [
        { name: '/house/test/door.test.ts', status: failed > 0 ? 'failed' : 'passed', assertionResults },
      ],
      numPassedTests: assertionResults.length - failed,
      numFailedTests: failed,
    },
    green: failed === 0,
    printed: 'Unhandled error',
    files: ['test/door.test.ts'],
  };
}
