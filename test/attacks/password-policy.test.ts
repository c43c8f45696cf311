/** Passwords that are guessed first, that are no text, or that cost more to check than to send. */

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mostCommon, readCommonPasswords } from '../../docs/generator/common-passwords.ts';
import { PasswordPolicy, type PasswordPolicyParts } from '../../src/core/accounts/password-policy.ts';
import { Events } from '../../src/core/events.ts';
import { problemOfPassword } from '../../src/core/login/login-input.ts';
import { movableClock } from '../support/movable-clock.ts';

const file = new URL('../../docs/generator/common-passwords.txt', import.meta.url);
const [ranked = [], more = []] = readCommonPasswords(readFileSync(file, 'utf8'));

function policyOf(parts: Partial<PasswordPolicyParts> = {}): PasswordPolicy {
  const events = new Events(movableClock(), '');
  return new PasswordPolicy({ minLength: 15, words: [], issuer: 'https://shop.example', events, ...parts });
}

/** Those of the passwords that the policy does not call common. */
async function passed(policy: PasswordPolicy, passwords: readonly string[]): Promise<readonly string[]> {
  const problems = await Promise.all(passwords.map((password) => policy.problems(password)));
  return passwords.filter((_, index) => !problems[index]?.includes('too-common'));
}

const wide = (password: string): string =>
  password.replace(/[!-~]/g, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0));

describe('of the most common passwords that fit', () => {
  it.each([8, 9, 10, 11, 12, 13, 14, 15])(
    '3,000 are refused where %i characters are needed',
    async (minLength) => {
      const fitting = mostCommon(ranked, minLength);
      expect(fitting).toHaveLength(3000);
      expect(await passed(policyOf({ minLength }), fitting)).toEqual([]);
    },
  );

  it.each([16, 20, 64])('all that are known are refused where %i are needed', async (minLength) => {
    expect(await passed(policyOf({ minLength }), [...ranked, ...more])).toEqual([]);
  });

  it.each([
    ['in capitals', (password: string) => password.toUpperCase()],
    ['with one capital', (password: string) => password.replace(/[a-z]/, (letter) => letter.toUpperCase())],
    ['in full width', wide],
    ['in bold', (password: string) => password.replace(/[a-z]/g, (letter) => bold(letter))],
    ['with a long s', (password: string) => password.replaceAll('s', '\u017f')],
    ['with a Kelvin sign', (password: string) => password.replaceAll('k', '\u212a')],
    ['with ligatures', (password: string) => password.replaceAll('fi', '\ufb01').replaceAll('ff', '\ufb00')],
    ['filled up with spaces', (password: string) => password.padEnd(40)],
  ])('none is let in %s', async (_how, variant) => {
    expect(await passed(policyOf(), [...ranked, ...more].map(variant))).toEqual([]);
  });

  function bold(letter: string): string {
    return String.fromCodePoint(0x1d41a + (letter.codePointAt(0) ?? 0) - 0x61);
  }
});

describe('a password that is no text', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'is missing'],
    ['null', null, 'is missing'],
    ['an empty text', '', 'is missing'],
    ['a number', 123_456_789_012_345, 'must be a text'],
    ['true', true, 'must be a text'],
    ['an array', ['four-quiet-herons'], 'must be a text'],
    ['an object', { length: 20 }, 'must be a text'],
    ['an operator', { $ne: null }, 'must be a text'],
    ['an object with a toString', { toString: () => 'four-quiet-herons' }, 'must be a text'],
    ['a buffer', Buffer.from('four-quiet-herons'), 'must be a text'],
    ['a boxed string', Object('four-quiet-herons'), 'must be a text'],
    ['a lone surrogate', `four-quiet-herons\ud800`, 'is not valid text'],
  ])('has its problem before any policy: %s', (_what, value, problem) => {
    expect(problemOfPassword(value)).toBe(problem);
  });
});

describe('a password that is long', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['4,097 code units', 'x'.repeat(4097)],
  ])('is refused before anything is done with it: %s', (_what, password) => {
    const normalize = vi.spyOn(String.prototype, 'normalize');
    const characters = vi.spyOn(String.prototype, Symbol.iterator);
    expect(problemOfPassword(password)).toBe('is too long');
    expect([...normalize.mock.calls, ...characters.mock.calls]).toEqual([]);
  });

  it('may have 1,024 characters and no more', () => {
    expect(problemOfPassword('\u{1f600}'.repeat(1024))).toBeNull();
    expect(problemOfPassword('x'.repeat(1025))).toBe('is too long');
  });

  it('costs no more than its length, with the words that cost the most', async () => {
    // One code point that NFKC makes 18.
    const password = '\ufdfa'.repeat(1024);
    const policy = policyOf({ words: ['\u0635\u0644\u0649', '\ufdfa', '\ufdfa'.repeat(50)] });
    const search = vi.spyOn(String.prototype, 'indexOf');
    const add = vi.spyOn(Set.prototype, 'add');
    expect(await policy.problems(password)).toContain('contains-word');
    expect(search.mock.calls.length).toBeLessThan(3 * 18 * 1024);
    expect(add.mock.calls.length).toBeLessThan(3 * 18 * 1024);
  });
});

describe('the spaces of a password', () => {
  it.each([['  four quiet herons'], ['four quiet herons  '], ['\u00a0four quiet herons\u3000']])(
    'are a part of it: %j',
    async (password) => {
      const seen: string[] = [];
      const breached = async (text: string): Promise<boolean> => {
        seen.push(text);
        return false;
      };
      expect(await policyOf({ breached }).problems(password)).toEqual([]);
      expect(seen).toEqual([password]);
    },
  );

  it('count for its length', async () => {
    expect(await policyOf().problems(' kvqzhwmrtbxpj ')).toEqual([]);
    expect(await policyOf().problems('kvqzhwmrtbxpj')).toEqual(['too-short']);
  });
});

describe('a service for breached passwords', () => {
  it('that answers nonsense keeps nobody out, and its fault does not hold the password', async () => {
    const events = new Events(movableClock(), '');
    const heard: unknown[] = [];
    events.on('password.breach-check-failed', (event) => heard.push(event));
    const password = 'four-quiet-herons';
    const answers = [1, 'false', {}, undefined, null, [true]];
    for (const answer of answers) {
      const breached = (async () => answer) as unknown as () => Promise<boolean>;
      expect(await policyOf({ events, breached }).problems(password)).toEqual([]);
    }
    const breached = (text: string): Promise<boolean> => Promise.reject(new Error(`${text}: not found`));
    expect(await policyOf({ events, breached }).problems(password)).toEqual([]);
    expect(heard).toHaveLength(answers.length + 1);
    expect(JSON.stringify(heard)).not.toContain('heron');
  });
});
