import { hashSync } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/core/errors.ts';
import type { PasswordHasher } from '../../src/core/ports/password-hasher.ts';
import { bcrypt, hasherChain, scrypt } from '../../src/hashers/index.ts';

/** A hasher for `<name>:<password>` that notes what it is asked. */
function named(name: string, changes: Partial<PasswordHasher> = {}) {
  const verified: (string | null)[] = [];
  let closed = 0;
  const hasher: PasswordHasher = {
    id: name,
    hash: async (password) => `${name}:${password}`,
    verify: async (password, hash) => {
      verified.push(hash);
      return hash === `${name}:${password}`;
    },
    recognises: (hash) => hash.startsWith(`${name}:`),
    needsRehash: (hash) => hash === `${name}:old`,
    close: async () => {
      closed += 1;
    },
    ...changes,
  };
  return {
    hasher,
    verified,
    get closed() {
      return closed;
    },
  };
}

const optionOf = (members: unknown): unknown => {
  try {
    hasherChain(members as [PasswordHasher]);
  } catch (error) {
    return AuthError.is(error, 'ERR_CONFIG_INVALID') ? Reflect.get(error, 'option') : error;
  }
  return 'no error';
};

describe('a chain of hashers', () => {
  it('hashes with the first', async () => {
    const chain = hasherChain([named('new').hasher, named('old').hasher]);
    expect(await chain.hash('password')).toBe('new:password');
  });

  it('verifies the hashes of every member', async () => {
    const chain = hasherChain([named('a').hasher, named('b').hasher, named('c').hasher]);
    for (const name of ['a', 'b', 'c']) {
      expect(await chain.verify('password', `${name}:password`)).toBe(true);
      expect(await chain.verify('other', `${name}:password`)).toBe(false);
    }
  });

  it.each([
    ['the first', 'a:password', ['a:password'], [null], [null]],
    ['the second', 'b:password', [null], ['b:password'], [null]],
    ['the last', 'c:password', [null], [null], ['c:password']],
    ['nobody', 'd:password', [null], [null], [null]],
  ])('runs every member once for a hash of %s', async (_name, hash, ...expected) => {
    const members = [named('a'), named('b'), named('c')] as const;
    const chain = hasherChain([members[0].hasher, members[1].hasher, members[2].hasher]);
    await chain.verify('password', hash);
    await chain.verify('wrong', hash);
    expect(members.map((member) => member.verified)).toEqual(expected.map((once) => [...once, ...once]));
  });

  it('runs every member once without a hash', async () => {
    const members = [named('a'), named('b')] as const;
    expect(await hasherChain([members[0].hasher, members[1].hasher]).verify('password', null)).toBe(false);
    expect(members.map((member) => member.verified)).toEqual([[null], [null]]);
  });

  it('gives a hash to the first member that recognises it and to no other', async () => {
    const members = [named('a', { verify: async () => false }), named('a')] as const;
    const chain = hasherChain([members[0].hasher, members[1].hasher]);
    expect(await chain.verify('password', 'a:password')).toBe(false);
    expect(members[1].verified).toEqual([null]);
  });

  it('does not believe a member that says yes to a hash it was not given', async () => {
    const gullible = named('b', { verify: async () => true });
    const chain = hasherChain([named('a').hasher, gullible.hasher]);
    expect(await chain.verify('wrong', 'a:password')).toBe(false);
    expect(await chain.verify('wrong', 'unknown')).toBe(false);
    expect(await chain.verify('wrong', null)).toBe(false);
  });

  it('recognises what any member recognises', () => {
    const chain = hasherChain([named('a').hasher, named('b').hasher]);
    expect(['a:x', 'b:x', 'c:x'].map((hash) => chain.recognises(hash))).toEqual([true, true, false]);
  });

  it('asks for a rehash of what the first did not make, and of what the first finds too cheap', () => {
    const chain = hasherChain([named('a').hasher, named('b').hasher]);
    expect(['a:new', 'a:old', 'b:new'].map((hash) => chain.needsRehash(hash, 'x'))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('runs as many at once as the member that allows the fewest', () => {
    const members = [named('a', { concurrency: 3 }).hasher, named('b', { concurrency: 5 }).hasher] as const;
    expect(hasherChain(members).concurrency).toBe(3);
    expect(hasherChain([...members, named('c').hasher]).concurrency).toBe(2);
  });

  it('closes every member', async () => {
    const [one, other] = [named('a'), named('b')];
    const { close: _close, ...withoutClose } = named('c').hasher;
    await hasherChain([one.hasher, withoutClose, other.hasher]).close?.();
    expect([one.closed, other.closed]).toEqual([1, 1]);
  });

  it('names its members', () => {
    expect(hasherChain([scrypt(), bcrypt()]).id).toBe('scrypt+bcrypt');
  });

  it('moves a bcrypt table to scrypt', async () => {
    const chain = hasherChain([scrypt({ logN: 10 }), bcrypt({ cost: 4, workers: 1 })]);
    const stored = hashSync('password', 4);
    expect(await chain.verify('password', stored)).toBe(true);
    expect(chain.needsRehash(stored, 'password')).toBe(true);
    const next = await chain.hash('password');
    expect(next.slice(0, 8)).toBe('$scrypt$');
    expect(await chain.verify('password', next)).toBe(true);
    expect(chain.needsRehash(next, 'password')).toBe(false);
    await chain.close?.();
  });

  it.each([
    ['an empty list', [], 'hasherChain'],
    ['no list', scrypt(), 'hasherChain'],
    ['nothing', undefined, 'hasherChain'],
    ['the factory instead of a hasher', [bcrypt], 'hasherChain.0.hash'],
    ['a member without recognises', [scrypt(), { hash() {}, verify() {} }], 'hasherChain.1.recognises'],
    ['null', [null], 'hasherChain.0.hash'],
    ['a text', ['bcrypt'], 'hasherChain.0'],
  ])('refuses %s', (_name, members, option) => {
    expect(optionOf(members)).toBe(option);
  });
});
