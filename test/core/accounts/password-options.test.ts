import { afterEach, describe, expect, it, vi } from 'vitest';
import { readPasswordOptions } from '../../../src/core/accounts/password-options.ts';
import { ConfigError } from '../../../src/index.ts';

const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
afterEach(() => {
  warned.mockClear();
});

const read = (value: unknown) => readPasswordOptions(value, 'passwords');

function refusal(value: unknown): ConfigError {
  try {
    read(value);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.unreachable('the options were taken');
}

describe('the group passwords', () => {
  it.each([undefined, null, {}])(
    'given as %j asks for 15 characters, and for nothing of the host',
    (value) => {
      expect(read(value)).toEqual({ minLength: 15, words: [], breached: undefined });
      expect(warned).not.toHaveBeenCalled();
    },
  );

  it('is frozen, and so is the list of words, which is no part of what was given', () => {
    const given = { words: ['ostiary'] };
    const passwords = read(given);
    given.words.push('later');
    expect(passwords.words).toEqual(['ostiary']);
    expect([Object.isFrozen(passwords), Object.isFrozen(passwords.words)]).toEqual([true, true]);
  });

  it.each(['minlength', 'maxLength', 'pattern', '__proto__'])('refuses %s, which it does not know', (key) => {
    expect(refusal(JSON.parse(`{"${key}":8}`)).option).toBe(`passwords.${key}`);
  });

  it.each([8, 'long', [], new Map()])('refuses %j in its place', (value) => {
    expect(refusal(value).option).toBe('passwords');
  });
});

describe('minLength', () => {
  it.each([8, 15, 64])('may be %d', (minLength) => {
    expect(read({ minLength }).minLength).toBe(minLength);
  });

  it.each([7, 0, -15, 65, 15.5, Number.NaN, '15', null, true])('is not %s', (minLength) => {
    expect(refusal({ minLength }).option).toBe('passwords.minLength');
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([8, 14])('of %d is warned of once, by its path', (minLength) => {
    readPasswordOptions({ minLength }, 'shop.passwords');
    const text = expect.stringMatching(`^shop\\.passwords\\.minLength is ${minLength}: NIST`);
    expect(warned.mock.calls).toEqual([[text, { code: 'OSTIARY_SHORT_PASSWORDS' }]]);
  });
});

describe('words', () => {
  it.each(['ostiary', null, { 0: 'ostiary', length: 1 }, new Set(['ostiary']), 7])(
    'is no list: %j',
    (words) => {
      const error = refusal({ words });
      expect(error.option).toBe('passwords.words');
      expect(error.message).not.toContain('ostiary');
    },
  );

  it.each([[''], ['  '], [null], [7], [['ostiary']]])('has no word in second place: %j', (word) => {
    expect(refusal({ words: ['ostiary', word] }).option).toBe('passwords.words.1');
  });
});

describe('breached', () => {
  it('is kept as it is, and not called', () => {
    const breached = vi.fn(async () => false);
    expect(read({ breached }).breached).toBe(breached);
    expect(breached).not.toHaveBeenCalled();
  });

  it.each([null, true, 'https://api.pwnedpasswords.com', {}, Promise.resolve(false)])(
    'is not %j',
    (breached) => {
      expect(refusal({ breached }).option).toBe('passwords.breached');
    },
  );
});
