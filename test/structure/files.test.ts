import { describe, expect, it } from 'vitest';
import { entriesOnlyList, filesAreShort, namesSayWhatIsInside, nothingIsAmbient } from './file-rules.ts';
import { readTree } from './source-tree.ts';

const checkout = readTree('src', 'test', 'examples', 'docs/generator');

describe('files', () => {
  it('are short', () => {
    expect(filesAreShort(checkout)).toEqual([]);
  });

  it.each([
    ['src/core/login.ts', 300],
    ['examples/shop/app.mjs', 300],
    ['test/core/login.test.ts', 500],
  ])('are caught beyond their end: %s at %i lines', (path, longest) => {
    const lines = (count: number) => new Map([[path, 'a;\n'.repeat(count)]]);
    expect(filesAreShort(lines(longest))).toEqual([]);
    expect(filesAreShort(lines(longest + 1))).toEqual([
      `${path}: has ${longest + 1} lines, more than ${longest}`,
    ]);
  });
});

describe('names', () => {
  it('say what is inside', () => {
    expect(namesSayWhatIsInside(checkout)).toEqual([]);
  });

  it.each([
    'src/core/utils.ts',
    'src/core/types.ts',
    'src/core/types.d.ts',
    'src/core/helpers/sort.ts',
    'src/common/sort.ts',
    'test/support/helpers.ts',
    'test/core/misc.test.ts',
    'examples/session-login/util.mjs',
    'src/core/AuthError.ts',
    'src/core/auth_error.ts',
  ])('are caught in %s', (path) => {
    expect(namesSayWhatIsInside(new Map([[path, '']]))).toHaveLength(1);
  });
});

describe('entries', () => {
  it('list names', () => {
    expect(entriesOnlyList(checkout)).toEqual([]);
  });

  it.each([
    "export * from './a.ts';",
    "export * as a from './a.ts';",
    "import './a.ts';",
    'export const a = 1;',
    'export default 1;',
  ])('are caught with %s', (text) => {
    expect(entriesOnlyList(new Map([['src/hashers/index.ts', text]]))).toHaveLength(1);
  });
});

describe('surroundings', () => {
  it('are read by the command line alone', () => {
    expect(nothingIsAmbient(checkout)).toEqual([]);
  });

  it.each([
    'process.env.AUTH_SECRET;',
    "process['env'];",
    'const { env } = process;',
    'globalThis.process.env;',
    'process.argv;',
    'Math.random();',
    "Math['random']();",
    'const { random } = Math;',
    'Date.now();',
    'clock(Date.now);',
    "Date['now']();",
    'const { now } = Date;',
    'new Date();',
    'new Date;',
    'Date();',
    'const clock = Date;',
    'new Session(Date);',
    'performance.now();',
  ])('are caught in %s', (text) => {
    expect(nothingIsAmbient(new Map([['src/core/a.ts', text]]))).toHaveLength(1);
  });

  it.each(['Date.now();', 'new Date();', 'Date();', 'const { now } = Date;'])(
    'are caught where the default clock is, in %s',
    (text) => {
      expect(nothingIsAmbient(new Map([['src/create-auth.ts', text]]))).toHaveLength(1);
    },
  );

  it.each([
    ['src/create-auth.ts', 'const clock = given ?? Date;'],
    ['src/stores/memory/state-store.ts', 'check(value ?? Date, path);'],
    ['src/core/a.ts', 'new Date(Number(clock.now()));'],
    ['src/core/a.ts', 'if (value instanceof Date) refuse();'],
    ['src/core/a.ts', 'interface Row { readonly at: Date }'],
    ['src/core/a.ts', 'Math.floor(1.5);'],
    ['src/core/a.ts', "process.emitWarning('late');"],
    ['src/core/a.ts', '/** As `Date.now()` does, or {@link Date}. */ const a = 1;'],
    ['src/core/a.ts', 'job.process(1);'],
    ['src/core/a.ts', 'declare global { interface Window {} }'],
    ['src/cli/main.ts', 'process.stdout.write(process.env.HOME);'],
  ])('are not seen in %s: %s', (path, text) => {
    expect(nothingIsAmbient(new Map([[path, text]]))).toEqual([]);
  });
});
