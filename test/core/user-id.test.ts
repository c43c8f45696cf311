import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/core/ports/user-store.ts';
import { decodeUserId, encodeUserId, isUserId } from '../../src/core/user-id.ts';

describe('encodeUserId', () => {
  it.each<[UserId, readonly [string, string]]>([
    [7, ['n', '7']],
    [-7, ['n', '-7']],
    [7n, ['b', '7']],
    ['7', ['s', '7']],
  ])('writes %o as %j', (id, encoded) => {
    expect(encodeUserId(id)).toEqual(encoded);
  });

  it('is read back as the same id of the same type, through JSON', () => {
    const ids = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.maxSafeInteger(),
      fc.bigInt({ max: 10n ** 39n, min: -1n }),
    );
    fc.assert(
      fc.property(ids, (id) => {
        fc.pre(!Object.is(id, -0));
        expect(decodeUserId(JSON.parse(JSON.stringify(encodeUserId(id))))).toBe(id);
      }),
    );
  });
});

describe('decodeUserId', () => {
  it.each([
    [null],
    [undefined],
    ['7'],
    [7],
    [{ 0: 's', 1: '7', length: 2 }],
    [[]],
    [['s']],
    [['s', '7', '']],
    [['s', 7]],
    [['s', null]],
    [['s', '']],
    [['n', '']],
    [['n', 7]],
    [['n', '7.5']],
    [['n', '1e3']],
    [['n', '0x7']],
    [['n', ' 7']],
    [['n', '7\n']],
    [['n', 'NaN']],
    [['n', 'Infinity']],
    [['n', '9007199254740992']],
    [['b', '7n']],
    [['b', '']],
    [['b', '9'.repeat(41)]],
    [['x', '7']],
    [[null, '7']],
    [['N', '7']],
    [['constructor', '7']],
  ])('refuses %j', (value) => {
    expect(decodeUserId(value)).toBeNull();
  });
});

describe('isUserId', () => {
  it.each([[0], [-1], [Number.MAX_SAFE_INTEGER], ['a'], [' '], [0n]])('takes %o', (value) => {
    expect(isUserId(value)).toBe(true);
  });

  it.each([
    [''],
    [Number.NaN],
    [0.5],
    [Number.POSITIVE_INFINITY],
    [Number.MAX_SAFE_INTEGER + 1],
    [null],
    [undefined],
    [true],
    [{}],
    [['1']],
    [Object('1')],
    [Symbol('1')],
  ])('refuses %o', (value) => {
    expect(isUserId(value)).toBe(false);
  });
});
