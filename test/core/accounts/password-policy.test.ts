import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BreachedPasswords } from '../../../src/core/accounts/password-options.ts';
import { PasswordPolicy, type PasswordPolicyParts } from '../../../src/core/accounts/password-policy.ts';
import { Events } from '../../../src/core/events.ts';
import { movableClock } from '../../support/movable-clock.ts';

type Failure = { readonly name: string; readonly fault?: string };

/** A policy, and what its breach check told. */
function policyOf(parts: Partial<PasswordPolicyParts> = {}): {
  readonly policy: PasswordPolicy;
  readonly failures: readonly Failure[];
} {
  const events = new Events(movableClock(), '');
  const failures: Failure[] = [];
  events.on('password.breach-check-failed', ({ at: _at, ...event }) => failures.push(event));
  const policy = new PasswordPolicy({
    minLength: 15,
    words: [],
    issuer: 'https://www.blue-shop.example',
    events,
    ...parts,
  });
  return { policy, failures };
}

const { policy } = policyOf();
const fine = 'four-quiet-herons-at-dusk';

describe('the length', () => {
  it.each([
    ['14 letters', 'kvqzhwmrtbxpjd', true],
    ['15 letters', 'kvqzhwmrtbxpjdf', false],
    ['14 emoji, which are 28 code units and 56 bytes', '\u{1f600}'.repeat(14), true],
    ['15 emoji', '\u{1f600}'.repeat(15), false],
    ['14 emoji, each another', emojis(14), true],
    ['15 emoji, each another', emojis(15), false],
    ['7 letters with an accent of their own', 'e\u0301'.repeat(7), true],
    ['8 such letters, which are 16 code points', 'e\u0301'.repeat(8), false],
    ['14 letters that NFKC makes 28', '\ufb01'.repeat(14), true],
    ['14 letters between spaces, all of which count', ' kvqzhwmrtbxpj ', false],
  ])('is counted in code points: %s', async (_what, password, short) => {
    expect(await policy.problems(password)).toEqual(short ? ['too-short'] : []);
  });

  it.each([8, 12, 15, 20, 64])('is at least %i where that is asked for', async (minLength) => {
    const { policy: other } = policyOf({ minLength });
    const password = emojis(64);
    const characters = [...password];
    expect(await other.problems(characters.slice(0, minLength).join(''))).toEqual([]);
    expect(await other.problems(characters.slice(1, minLength).join(''))).toEqual(['too-short']);
  });

  it('may be 1,024 code points of any kind', async () => {
    expect(await policy.problems('\u{1f600}'.repeat(1024))).toEqual([]);
  });

  function emojis(count: number): string {
    return Array.from({ length: count }, (_, index) => String.fromCodePoint(0x1f600 + index)).join('');
  }
});

describe('the kinds of characters', () => {
  it.each([
    ['small letters only', 'kvqzhwmrtbxpjdf'],
    ['capital letters only', 'KVQZHWMRTBXPJDF'],
    ['digits only', '907152648371592'],
    ['signs only', '#}~!%(]+;_{*&=^'],
    ['words and spaces', 'four quiet herons'],
    ['another script', 'четыре тихие цапли'],
    ['characters of one kind, repeated', '\u{1f409}'.repeat(15)],
    ['a line break and a NUL', 'kvqzhw\nmrtbx\0pjdf'],
  ])('do not matter: %s', async (_what, password) => {
    expect(await policy.problems(password)).toEqual([]);
  });

  it('of nothing but spaces are one of the common ones', async () => {
    expect(await policy.problems(' '.repeat(15))).toEqual(['too-common']);
  });
});

describe('a common password', () => {
  it('is refused', async () => {
    expect(await policy.problems('qwertyuiopasdfgh')).toEqual(['too-common']);
    expect(await policyOf({ minLength: 8 }).policy.problems('password')).toEqual(['too-common']);
  });

  it('is not refused where it is a part of a longer one', async () => {
    expect(await policy.problems('qwertyuiopasdfgh-of-a-heron')).toEqual([]);
  });
});

describe('the words of the user', () => {
  const owner = { email: 'Anna.Bell@mail.example', username: 'annabelq' };
  const refused = ['contains-identifier'];

  it.each([
    ['the address and less than 15 besides', 'anna.bell@mail.example-kvqzh', refused],
    ['the address in capitals', 'ANNA.BELL@MAIL.EXAMPLE', refused],
    ['the address in full width', 'ａｎｎａ．ｂｅｌｌ＠ｍａｉｌ．ｅｘａｍｐｌｅ', refused],
    ['what stands before the @', 'kvqzh-anna.bell-wmrtb', refused],
    ['the name', 'annabelq-kvqzhw', refused],
    ['the name three times', 'annabelqannabelqannabelq', refused],
    ['the name and spaces', 'annabelq              ', refused],
    ['the name and 14 characters around it', 'kvqzhwmannabelqrtbxpjd', refused],
    ['the name and 15 characters around it', 'kvqzhwmannabelqrtbxpjdf', []],
    ['the name in a long passphrase', 'annabelq saw four quiet herons', []],
    ['a part of the name', 'anna-kvqzhw-mrtb', []],
    ['another name', 'christopher-kvqzh', []],
  ])('add nothing: %s', async (_what, password, reasons) => {
    expect(await policy.problems(password, owner)).toEqual(reasons);
  });

  it.each([
    [{}],
    [{ email: null, username: null }],
    [{ email: undefined, username: '' }],
    [{ email: '@', username: '  ' }],
    [{ username: 'ab' }],
    [{ username: '\u{1f600}\u{1f601}' }],
  ])('are none that are shorter than 3 code points: %j', async (nobody) => {
    expect(await policy.problems('ab @ \u{1f600}\u{1f601} kvqzhwm', nobody)).toEqual([]);
  });

  it('count from 3 code points on', async () => {
    expect(await policy.problems('bob-kvqzhwmrtbx', { username: 'Bob' })).toEqual(refused);
  });

  it.each(['.*.', '(a|b)+$', '[a-z]{15}', '\\w+', 'a^b$c'])(
    'are texts and no patterns: %s',
    async (username) => {
      expect(await policy.problems(fine, { username })).toEqual([]);
      expect(await policy.problems(`${username}-kvqzh`, { username })).toContain('contains-identifier');
    },
  );

  it('are told apart from others, and told together with them', async () => {
    const shop = policyOf({ words: ['heron'] }).policy;
    expect(await shop.problems('annabelq-kvqzhwm', owner)).toEqual(['contains-identifier']);
    expect(await shop.problems('heron-kvqzhwmrtb', owner)).toEqual(['contains-word']);
    expect(await shop.problems('heron-annabelq-kvqzh', owner)).toEqual([
      'contains-identifier',
      'contains-word',
    ]);
  });
});

describe('the words of the application', () => {
  const others = (issuer: string, words: readonly string[] = []): PasswordPolicy =>
    policyOf({ issuer, words }).policy;

  it.each([
    ['https://www.blue-shop.example', 'www.blue-shop.example', true],
    ['https://www.blue-shop.example', 'blue-shop-kvqzhw', true],
    ['https://www.blue-shop.example', 'example-kvqzhwmr', false],
    ['https://www.blue-shop.example', 'www-kvqzhwmrtbxp', false],
    ['https://accounts.blue-shop.example:8443/in', 'accounts-kvqzhwm', true],
    ['https://ann:secret@shop.example/', 'secret-kvqzhwmrt', false],
    ['https://münchen.example', 'MÜNCHEN-kvqzhwmr', true],
    ['http://localhost:3000', 'localhost-kvqzhw', true],
    ['blue shop', 'blue shop kvqzhw', true],
    ['Blue Shop', 'blue-shop-kvqzhw', false],
    ['https://', 'kvqzhwmrtbxpjdfg', false],
  ])('are in the issuer %s: of %s', async (issuer, password, refused) => {
    expect(await others(issuer).problems(password)).toEqual(refused ? ['contains-word'] : []);
  });

  it.each([
    ['one', ['heron'], 'heron-kvqzhwmrtbx'],
    ['one with spaces around it, in capitals', [' HERON '], 'heron-kvqzhwmrtbx'],
    ['one inside another', ['heron', 'her'], 'heron-kvqzhwmrtbx'],
    ['two that overlap', ['heronry', 'rystone'], 'heronrystone-kvqzhwmrtbx'],
    ['one that overlaps itself', ['anana'], 'anananana-kvqzhwmrtbxp'],
    ['one three times', ['heron'], 'heronheronheron'],
    ['a pattern', ['h.ron('], 'h.ron(-kvqzhwmrtb'],
  ])('add nothing: %s', async (_what, words, password) => {
    expect(await others('shop', words).problems(password)).toEqual(['contains-word']);
    expect(await others('shop', words).problems(`${password}-of-four-quiet-ones`)).toEqual([]);
  });

  it.each([[[]], [['', '  ', 'at']], [[undefined, null, 7, {}] as unknown as string[]]])(
    'are none among %j',
    async (words) => {
      expect(await others('', words).problems('at 7 [object Object] null')).toEqual([]);
    },
  );
});

describe('the work', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('grows with the length and the number of words only, whatever they are', async () => {
    const words = ['aaa', 'aaaa', 'a'.repeat(500), `${'a'.repeat(500)}b`];
    const { policy: other } = policyOf({ issuer: 'shop', words });
    const search = vi.spyOn(String.prototype, 'indexOf');
    const add = vi.spyOn(Set.prototype, 'add');
    await other.problems('a'.repeat(1024), { username: 'a'.repeat(320) });
    expect(search.mock.calls.length).toBeLessThan(1024 * (words.length + 4));
    expect(add.mock.calls.length).toBeLessThan(1024 * (words.length + 4));
  });
});

describe('a random password of 20 characters', () => {
  const twenty = fc
    .string({ unit: 'grapheme', minLength: 20, maxLength: 20 })
    .filter((text) => text.trim() !== '');

  it('is fine, and is so each time it is asked about', async () => {
    await fc.assert(
      fc.asyncProperty(twenty, async (password) => {
        expect(await policy.problems(password)).toEqual([]);
        expect(await policyOf().policy.problems(password)).toEqual([]);
      }),
    );
  });

  it('gets the same answer whoever asked before', async () => {
    const owner = { email: 'anna@mail.example', username: 'annabelq' };
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), async (password) => {
        const before = await policyOf().policy.problems(password, owner);
        await policy.problems(`${password}x`, owner);
        expect(await policy.problems(password, owner)).toEqual(before);
      }),
    );
  });
});

describe('the hook for breached passwords', () => {
  const asked: string[] = [];
  const hook =
    (answer: unknown): BreachedPasswords =>
    (password) => {
      asked.push(password);
      return answer as Promise<boolean>;
    };

  beforeEach(() => {
    asked.length = 0;
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('is believed', async () => {
    const known = policyOf({ breached: hook(Promise.resolve(true)) });
    const unknown = policyOf({ breached: hook(Promise.resolve(false)) });
    expect(await known.policy.problems(fine)).toEqual(['breached']);
    expect(await unknown.policy.problems(fine)).toEqual([]);
    expect([...known.failures, ...unknown.failures]).toEqual([]);
  });

  it.each([
    ['short', 'kvqzhw'],
    ['common', 'qwertyuiopasdfgh'],
    ['the name of the user', 'annabelq-kvqzhw'],
    ['the name of the shop', 'blue-shop-kvqzhw'],
  ])('is not asked about a password that is %s', async (_what, password) => {
    const { policy: other } = policyOf({ breached: hook(Promise.resolve(true)) });
    expect(await other.problems(password, { username: 'annabelq' })).not.toContain('breached');
    expect(asked).toEqual([]);
  });

  it.each([
    ['  four Quiet herons  '],
    ['four quiet h\u00e9rons'],
    ['four quiet he\u0301rons'],
    ['ｆour-quiet-herons'],
  ])('gets the password as it was typed: %j', async (password) => {
    await policyOf({ breached: hook(Promise.resolve(false)) }).policy.problems(password);
    expect(asked).toEqual([password]);
  });

  const rejecting =
    (error: unknown): BreachedPasswords =>
    async () =>
      Promise.reject(error);
  const throwing: BreachedPasswords = () => {
    throw new RangeError(`no answer for ${fine}`);
  };

  it.each<[string, BreachedPasswords, string]>([
    ['rejects', rejecting(new SyntaxError(`no answer for ${fine}`)), 'SyntaxError'],
    [
      'rejects with a code',
      rejecting(Object.assign(new Error(fine), { code: 'ECONNREFUSED' })),
      'ECONNREFUSED',
    ],
    ['rejects with a text', rejecting(fine), 'string'],
    ['rejects with nothing', rejecting(undefined), 'undefined'],
    ['throws', throwing, 'RangeError'],
    ['answers a number', hook(Promise.resolve(1)), 'TypeError'],
    ['answers a text', hook('true'), 'TypeError'],
    ['answers nothing', hook(undefined), 'TypeError'],
    ['answers an object', hook(Promise.resolve({ breached: true })), 'TypeError'],
  ])('lets the password pass when it %s, and an event says so', async (_what, breached, fault) => {
    const { policy: other, failures } = policyOf({ breached });
    await expect(other.problems(fine)).resolves.toEqual([]);
    expect(failures).toEqual([{ name: 'password.breach-check-failed', fault }]);
    expect(JSON.stringify(failures)).not.toContain(fine);
  });

  /** A hook that does not answer, what tells that it was asked, and what makes it fail. */
  function hanging(): {
    readonly breached: BreachedPasswords;
    readonly begun: Promise<void>;
    readonly fail: (error: Error) => void;
  } {
    const { promise: answer, reject: fail } = parts<boolean>();
    const { promise: begun, resolve: begin } = parts<void>();
    const breached: BreachedPasswords = () => {
      begin();
      return answer;
    };
    return { breached, begun, fail };
  }

  function parts<T>(): {
    readonly promise: Promise<T>;
    readonly resolve: (value: T) => void;
    readonly reject: (error: Error) => void;
  } {
    let resolve: (value: T) => void = () => undefined;
    let reject: (error: Error) => void = () => undefined;
    const promise = new Promise<T>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise, resolve, reject };
  }

  it('has two seconds, after which the password passes and an event says so', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { breached, begun } = hanging();
    const { policy: other, failures } = policyOf({ breached });
    const answers: unknown[] = [];
    void other.problems(fine).then((reasons) => answers.push(reasons));
    await begun;
    vi.advanceTimersByTime(1999);
    await nextTurn();
    expect(answers).toEqual([]);
    vi.advanceTimersByTime(1);
    await nextTurn();
    expect(answers).toEqual([[]]);
    expect(failures).toEqual([{ name: 'password.breach-check-failed', fault: 'timeout' }]);
  });

  it('may fail after its time without anybody hearing of it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { breached, begun, fail } = hanging();
    const { policy: other, failures } = policyOf({ breached });
    void other.problems(fine);
    await begun;
    vi.advanceTimersByTime(2000);
    await nextTurn();
    // Vitest fails a run in which a rejection is left alone.
    fail(new Error('late'));
    await nextTurn();
    expect(failures).toHaveLength(1);
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    for (const breached of [hook(Promise.resolve(false)), throwing]) {
      await policyOf({ breached }).policy.problems(fine);
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});

describe('the advice', () => {
  it('is one sentence for a form', () => {
    expect(policy.advice(['too-short', 'too-common'])).toBe(
      'must have at least 15 characters; is one of the most common passwords',
    );
    expect(policyOf({ minLength: 8 }).policy.advice(['contains-identifier'])).toBe(
      'needs at least 8 characters beside your own name or address',
    );
    expect(policy.advice(['contains-word'])).toMatch(/^needs at least 15 characters beside words/);
    expect(policy.advice(['breached'])).toBe('is known from a breach of another site');
  });
});
