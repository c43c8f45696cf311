import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import { frozen, VerifiedTokens } from '../../src/jwt/verified-tokens.ts';

describe('VerifiedTokens', () => {
  it('finds what was kept for the very text', () => {
    const tokens = new VerifiedTokens<string>();
    tokens.keep('one.two.three', 'claims', 100);
    expect(tokens.find('one.two.three', 99)).toBe('claims');
  });

  it.each([
    ['another beginning', `x${'s'.repeat(99)}`],
    ['another middle', `${'s'.repeat(50)}x${'s'.repeat(49)}`],
    ['another end', `${'s'.repeat(99)}x`],
    ['more', 's'.repeat(101)],
    ['less', 's'.repeat(99)],
    ['nothing', ''],
  ])('finds nothing for a text with %s', (_what, other) => {
    const tokens = new VerifiedTokens<string>();
    tokens.keep('s'.repeat(100), 'claims', 100);
    expect(tokens.find(other, 1)).toBeUndefined();
    expect(tokens.find('s'.repeat(100), 1)).toBe('claims');
  });

  it.each([[undefined], [null], [7], [['s'.repeat(100)]], [Object('s'.repeat(100))], [{ slice: () => 's' }]])(
    'finds nothing for %o, which is no text',
    (value) => {
      const tokens = new VerifiedTokens<string>();
      tokens.keep('s'.repeat(100), 'claims', 100);
      tokens.keep('s', 'claims', 100);
      expect(tokens.find(value as string, 1)).toBeUndefined();
    },
  );

  it('never answers one of two texts that end alike with the other', () => {
    const tokens = new VerifiedTokens<string>();
    const [one, other] = [`1${'s'.repeat(99)}`, `2${'s'.repeat(99)}`];
    tokens.keep(one, 'of one', 100);
    expect(tokens.find(other, 1)).toBeUndefined();
    tokens.keep(other, 'of the other', 100);
    expect(tokens.find(one, 1)).toBeUndefined();
    expect(tokens.find(other, 1)).toBe('of the other');
  });

  it('forgets a token in the second in which it ends, also when the clock goes back', () => {
    const tokens = new VerifiedTokens<string>();
    tokens.keep('token', 'claims', 100);
    expect(tokens.find('token', 99.999)).toBe('claims');
    expect(tokens.find('token', 100)).toBeUndefined();
    expect(tokens.find('token', 99)).toBeUndefined();
  });

  it('holds no more than its limit', () => {
    const tokens = new VerifiedTokens<number>();
    for (let n = 0; n <= defaults.verifiedTokens; n += 1) tokens.keep(`token ${n}`, n, 100);
    expect(tokens.find('token 0', 1)).toBeUndefined();
    expect(tokens.find(`token ${defaults.verifiedTokens / 2}`, 1)).toBe(defaults.verifiedTokens / 2);
    expect(tokens.find(`token ${defaults.verifiedTokens}`, 1)).toBe(defaults.verifiedTokens);
  });

  it('keeps a token of the longest usual length, and no longer one', () => {
    const tokens = new VerifiedTokens<string>();
    const longest = 's'.repeat(defaults.verifiedTokenMaxLength);
    tokens.keep(longest, 'claims', 100);
    tokens.keep(`${longest}x`, 'claims', 100);
    expect(tokens.find(longest, 1)).toBe('claims');
    expect(tokens.find(`${longest}x`, 1)).toBeUndefined();
  });
});

describe('frozen', () => {
  it('answers the same value, unchangeable at every depth', () => {
    const value = { list: [{ deep: [] }, 'x'], none: null, number: 1 };
    expect(frozen(value)).toBe(value);
    for (const part of [value, value.list, value.list[0], (value.list[0] as { deep: [] }).deep]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it.each([[undefined], [null], ['x'], [1], [true]])('leaves %o as it is', (value) => {
    expect(frozen(value)).toBe(value);
  });
});
