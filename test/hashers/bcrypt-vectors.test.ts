import { afterAll, describe, expect, it, vi } from 'vitest';
import { bcrypt } from '../../src/hashers/index.ts';
import {
  cryptBlowfish,
  jbcrypt,
  pyca,
  refusedSettings,
  signExtended,
  truncated,
  tutorial,
} from '../vectors/bcrypt-vectors.ts';

vi.setConfig({ testTimeout: 60_000 }); // real hashing, on processors that others use too

const hashers = new Map(
  [4, 5, 6, 8, 10, 12].map((cost) => [cost, bcrypt({ cost, workers: 2, acceptTruncated: true })]),
);

afterAll(async () => {
  for (const hasher of hashers.values()) await hasher.close?.();
});

/** The hasher whose ceiling is the vector's cost, so that no vector is topped up. */
function hasherOf(hash: string) {
  const hasher = hashers.get(Number(hash.slice(4, 6)));
  if (hasher === undefined) throw new Error(`no hasher for ${hash}`);
  return hasher;
}

describe('known answers', () => {
  it.each([
    ['jBCrypt', jbcrypt, 20],
    ['pyca/bcrypt', pyca, 20],
    ['crypt_blowfish', cryptBlowfish, 4],
  ] as const)('verifies every vector of %s', async (_source, vectors, count) => {
    const answers = await Promise.all(
      vectors.map(([password, hash]) => hasherOf(hash).verify(password, hash)),
    );
    expect(answers).toEqual(Array(count).fill(true));
  });

  it.each([
    ['jBCrypt', jbcrypt],
    ['pyca/bcrypt', pyca],
    ['crypt_blowfish', cryptBlowfish],
  ] as const)('refuses the next password for every vector of %s', async (_source, vectors) => {
    const cheap = vectors.filter(([, hash]) => Number(hash.slice(4, 6)) < 10);
    const answers = await Promise.all(
      cheap.map(([password, hash]) => hasherOf(hash).verify(`${password}.`, hash)),
    );
    expect(answers).toEqual(cheap.map(() => false));
  });

  it("verifies the tutorial's user", async () => {
    const [password, hash] = tutorial;
    expect(await hasherOf(hash).verify(password, hash)).toBe(true);
    expect(await hasherOf(hash).verify('124', hash)).toBe(false);
  });

  it('verifies a vector of more than 72 bytes with acceptTruncated', async () => {
    const [password, hash] = truncated;
    expect(await hasherOf(hash).verify(password, hash)).toBe(true);
  });

  it('verifies $2b$ and $2y$ as the same function as $2a$', async () => {
    for (const [password, hash] of cryptBlowfish) {
      for (const prefix of ['$2b$', '$2y$']) {
        expect(
          await hasherOf(hash).verify(
            password,
            hash.replace('$2a$', () => prefix),
          ),
        ).toBe(true);
      }
    }
  });

  it('does not verify what only the sign-extension bug makes right', async () => {
    const [password, hash] = signExtended;
    expect(await hasherOf(hash).verify(password, hash)).toBe(false);
  });

  it.each(refusedSettings)('does not recognise %s', async (setting) => {
    const hasher = bcrypt({ cost: 4, maxCost: 6, workers: 1 });
    const hash = `${setting}7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy`;
    expect(hasher.recognises(hash)).toBe(false);
    expect(await hasher.verify('', hash)).toBe(false);
    await hasher.close?.();
  });
});
