import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Sources } from '../../docs/generator/declarations.ts';
import { readDefaults } from '../../docs/generator/defaults-page.ts';
import { readEvents } from '../../docs/generator/events-page.ts';
import { portNames } from '../../docs/generator/ports-page.ts';
import { referencePages } from '../../docs/generator/reference-pages.ts';
import { readPurposes } from '../../docs/generator/stored-page.ts';
import { defaults } from '../../src/core/defaults.ts';
import { statePurposes } from '../../src/core/state-keys.ts';
import { readTree } from '../structure/source-tree.ts';

const sources = readTree('src');
const events = 'src/core/events.ts';
const numbers = 'src/core/defaults.ts';
const keys = 'src/core/state-keys.ts';
const clock = 'src/core/ports/clock.ts';
const stamp = 'src/core/sessions/session-stamp.ts';
const pageOf = (path: string, from: Sources = sources): string => referencePages[path]?.(from) ?? '';

describe.each(Object.keys(referencePages))('%s', (path) => {
  it('is what its sources say: `npm run docs:reference` writes it again', async () => {
    await expect(pageOf(path)).toMatchFileSnapshot(fileURLToPath(new URL(`../../${path}`, import.meta.url)));
  });

  it('says first that it is generated, from what and by which command', () => {
    const [first = ''] = pageOf(path).split('\n');
    expect(first).toMatch(/^<!-- Generated from src\/.* `npm run docs:reference`. -->$/);
  });
});

it('a page that is not there is not written by the test that asks for it', () => {
  expect(expect.getState().snapshotState.snapshotUpdateState).not.toBe('new');
});

/** The events of the page that nothing in the sources tells. */
const untold = (from: Sources): readonly string[] => {
  const code = [...from.values()].join('\n');
  const names = readEvents(from).map(({ name }) => name);
  return names.filter((name) => !new RegExp(`\\bemit\\(\\s*'${name}'`).test(code));
};

it('an event on the page is told by somebody', () => {
  expect(untold(sources)).toEqual([]);
  const quiet = new Map(
    [...sources].map(([path, text]) => [path, text.replace(/emit\('token\.issued'/, 'tell(')]),
  );
  expect(untold(quiet)).toEqual(['token.issued']);
});

describe('a page has all of', () => {
  it('the events', () => {
    const page = pageOf('docs/reference/events.md');
    const names = readEvents(sources).map(({ name }) => name);
    expect(names).toContain('login.failed');
    for (const name of names) expect(page).toContain(`\n### ${name}\n`);
  });

  it('the defaults, with the values that the code goes by', () => {
    expect(Object.fromEntries(readDefaults(sources).map(({ name, value }) => [name, value]))).toEqual(
      defaults,
    );
    const page = pageOf('docs/reference/defaults.md');
    for (const name of Object.keys(defaults)) expect(page).toContain(`\n| \`${name}\` | `);
  });

  it('the ports and their types', () => {
    const page = pageOf('docs/reference/ports.md');
    const ports = ['UserStore', 'StateStore', 'TokenService', 'PasswordHasher', 'Clock'];
    for (const port of ports) expect(page).toContain(`\n## ${port}\n`);
    expect(portNames(sources)).toEqual(expect.arrayContaining(ports));
    for (const name of portNames(sources)) expect(page).toMatch(new RegExp(`\n###? ${name}\n`));
  });

  it('the purposes of the state store, with what the registry says', () => {
    const found = readPurposes(sources).map(({ name, facts }) => [name, Object.fromEntries(facts)]);
    expect(Object.fromEntries(found)).toEqual(statePurposes);
    const page = pageOf('docs/security/what-is-stored.md');
    for (const [purpose, { value, life }] of Object.entries(statePurposes)) {
      expect(page).toContain(`\n### ${purpose}\n`);
      expect(page).toContain(value);
      expect(page).toContain(life);
    }
  });
});

describe('a page is another when its source', () => {
  it.each([
    [
      'says something else of an event',
      'docs/reference/events.md',
      events,
      / \*\/\n {2}'login\.succeeded'/,
      " Or so. */\n  'login.succeeded'",
    ],
    ['has another reason', 'docs/reference/events.md', events, "'wrong-password'", "'bad-password'"],
    ['has another field', 'docs/reference/events.md', events, 'fault?: string', 'blame?: string'],
    ['has another number', 'docs/reference/defaults.md', numbers, /accessToken: \d+/, 'accessToken: 999'],
    ['has another option', 'docs/reference/defaults.md', numbers, '{ expiresIn }', '{ life }'],
    ['has another method', 'docs/reference/ports.md', clock, 'now(): ', 'today(): '],
    ['has another life', 'docs/security/what-is-stored.md', keys, 'From the last write', 'For ever'],
    [
      'puts more into a stamp',
      'docs/security/what-is-stored.md',
      stamp,
      '  readonly secretId:',
      '  readonly secretId: string;\n  /** The address. */\n  readonly address:',
    ],
  ])('%s', (_, page, path, find, replacement) => {
    expect(pageOf(page, changed(path, find, replacement))).not.toBe(pageOf(page));
  });
});

describe('a page is not made of a source with', () => {
  it.each([
    ['an event without a comment', 'events', events, /\/\*\* (?=.*\n {2}'password\.rehashed')/, '/* '],
    ['a reason without a comment', 'events', events, /\/\*\* .*\n(?= {2}\| 'store-failed')/, ''],
    [
      'a field of an unknown type',
      'events',
      events,
      'EventOrigin & { readonly userId',
      'Odd & { readonly userId',
    ],
    ['a default without a comment', 'defaults', numbers, '   * The life of an access token.\n', ''],
    ['a default without a unit', 'defaults', numbers, '   * @unit power of two\n', ''],
    ['a default without a source', 'defaults', numbers, '   * @source OWASP Password Storage\n', ''],
    [
      'a default of which nobody knows how to change it',
      'defaults',
      numbers,
      '   * @option `scrypt({ r })`\n',
      '',
    ],
    ['a default that is computed', 'defaults', numbers, /accessToken: \d+/, 'accessToken: 5 * 60'],
    ['a default under no heading', 'defaults', numbers, '  // Passwords\n', ''],
    ['a port without a comment', 'ports', clock, /\n\/\*\*\n \* Tells[\s\S]*?\*\//, ''],
    ['a port that nobody can hand in', 'ports', 'src/create-auth.ts', 'readonly state?: StateStore;', ''],
    [
      'a stamp that holds who knows what',
      'stored',
      stamp,
      '  readonly id:',
      '  readonly id: string;\n  readonly address:',
    ],
    ['a purpose without a comment', 'stored', keys, '/** Keeps sessions alive over', '/* Keeps over'],
    [
      'a purpose that is silent on personal data',
      'stored',
      keys,
      /personalData:\s*'Pseudo[^']*'/,
      "personalData: ''",
    ],
  ])('%s', (_, page, path, find, replacement) => {
    const target = Object.keys(referencePages).find((name) => name.includes(page)) ?? '';
    expect(() => pageOf(target, changed(path, find, replacement))).toThrow();
  });
});

/** The sources with one change, which must be one. */
function changed(path: string, find: string | RegExp, replacement: string): Sources {
  const text = sources.get(path) ?? '';
  const next = text.replace(find, replacement);
  expect(next).not.toBe(text);
  return new Map([...sources, [path, next]]);
}
