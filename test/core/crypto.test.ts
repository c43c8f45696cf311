import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveKey, digest, equalSecrets, mac, randomId } from '../../src/core/crypto.ts';

const lists = [
  ['a', 'b'],
  ['ab'],
  ['a,b'],
  ['a', 'b', ''],
  ['', 'a', 'b'],
  ['a","b'],
  ['["a","b"]'],
  [],
] as const;

describe('digest and mac', () => {
  it('never meet for two lists of parts', () => {
    const key = new Uint8Array(32);
    expect(new Set(lists.map((parts) => digest(...parts))).size).toBe(lists.length);
    expect(new Set(lists.map((parts) => mac(key, ...parts))).size).toBe(lists.length);
  });

  it('are SHA-256 and HMAC-SHA-256 of the framed parts', () => {
    const key = Buffer.from('key');
    expect(digest('a', 'b')).toBe(createHash('sha256').update('["a","b"]').digest('base64url'));
    expect(mac(key, 'a', 'b')).toBe(createHmac('sha256', key).update('["a","b"]').digest('base64url'));
  });
});

describe('equalSecrets', () => {
  it.each([
    ['', '', true],
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'ab', false],
    ['', 'a', false],
    ['é', 'e\u0301', false],
    ['é', 'ab', false],
  ])('says of %j and %j: %s', (one, other, equal) => {
    expect(equalSecrets(one, other)).toBe(equal);
  });
});

describe('deriveKey', () => {
  it('is HKDF-SHA-256 without a salt', () => {
    // RFC 5869 with the secret 'secret', the info 'info' and no salt, computed with HMAC by hand.
    const pseudorandom = createHmac('sha256', Buffer.alloc(32)).update('secret').digest();
    const expected = createHmac('sha256', pseudorandom).update('info\u0001').digest();
    expect(Buffer.from(deriveKey('secret', 'info'))).toEqual(expected);
  });
});

describe('randomId', () => {
  it('has 128 bits and never comes twice', () => {
    const ids = Array.from({ length: 1000 }, randomId);
    expect(new Set(ids).size).toBe(1000);
    expect(ids.every((id) => Buffer.from(id, 'base64url').length === 16)).toBe(true);
  });
});
