/** Of all texts that are nearly a token only the token is one. `OSTIARY_MUTATIONS=1000000` tries a million. */

import { jwtVerify } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { type JwtAlgorithm, ruleOf } from '../../src/jwt/algorithms.ts';
import { createJwtVerifier, createKeyRing } from '../../src/jwt/index.ts';
import { readJws } from '../../src/jwt/strict-jws.ts';
import { issuer } from '../support/fixed-secret.ts';
import {
  claimEdits,
  editMember,
  headerEdits,
  mutated,
  mutations,
  pick,
  type Random,
  rewrite,
} from '../support/jws-mutations.ts';
import { ecdsaTwin } from '../support/jws-variants.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience, genuineClaims, genuineHeader, signedToken, startOfTime } from '../support/raw-jws.ts';
import { seededRandom } from '../support/seeded-random.ts';

vi.setConfig({ testTimeout: 3_600_000 }); // a million takes minutes, on processors that others use too

const count = Number(process.env['OSTIARY_MUTATIONS'] ?? 100_000);
const algorithms: readonly JwtAlgorithm[] = ['HS256', 'HS512', 'ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'];

const seeds = algorithms.map((algorithm) =>
  signedToken({ algorithm, header: { kid: algorithm }, claims: { jti: algorithm, of: algorithm.length } }),
);
const twins = seeds.flatMap((token, index) => {
  const algorithm = algorithms[index] as JwtAlgorithm;
  return ruleOf(algorithm).family === 'ECDSA' ? [ecdsaTwin(token, algorithm)] : [];
});

/** One verifier with all keys: a part of one token could fit another. */
const keys = createKeyRing(
  algorithms.map((algorithm) => ({ kid: algorithm, algorithm, key: keysFor(algorithm).publicKey })),
);
const verifier = () =>
  createJwtVerifier({
    keys,
    issuer,
    audience,
    typ: 'at+jwt',
    requiredClaims: ['sub'],
    clock: movableClock(),
  });

interface Outcome {
  readonly text: string;
  /** The code of the refusal; `undefined` for a token that was let in. */
  readonly code: unknown;
  readonly claims: unknown;
}

async function outcomeOf(text: string, verify: (token: string) => Promise<unknown>): Promise<Outcome> {
  try {
    return { text, code: undefined, claims: await verify(text) };
  } catch (error) {
    const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
    return { text, code: name === 'AuthError' ? code : error, claims: undefined };
  }
}

/** What becomes of so many texts, some hundreds at once. */
async function outcomes(
  times: number,
  make: () => string,
  seen: (outcome: Outcome) => unknown,
): Promise<void> {
  const { verify } = verifier();
  for (const token of seeds) expect(await verify(token)).toMatchObject({ sub: '1' });
  for (let done = 0; done < times; done += 500) {
    const texts = Array.from({ length: Math.min(500, times - done) }, make);
    for (const outcome of await Promise.all(texts.map((text) => outcomeOf(text, verify))))
      await seen(outcome);
  }
}

const isRefusal = (code: unknown) => typeof code === 'string' && code.startsWith('ERR_TOKEN_');

/** By jose alone, with the key of the name in the header. */
function verifiedByJose(text: string): Promise<{ readonly payload: unknown }> {
  const keyOf = ({ kid }: { kid?: string }) => keysFor(kid as JwtAlgorithm).publicKey;
  const currentDate = new Date(startOfTime * 1000);
  return jwtVerify(text, keyOf, {
    issuer,
    audience,
    typ: 'at+jwt',
    requiredClaims: ['exp', 'sub'],
    currentDate,
  });
}

describe('a mutated token', () => {
  it.each(Object.keys(mutations))('is another text, and refused with a code: %s', async (name) => {
    const random = seededRandom(1);
    const mutate = mutations[name];
    const codes = new Set<unknown>();
    const make = () => mutate?.(pick(seeds, random), random, seeds) ?? '';
    let changed = 0;
    await outcomes(200, make, ({ text, code }) => {
      if (seeds.includes(text)) return;
      changed += 1;
      codes.add(code);
    });
    expect(changed).toBeGreaterThan(100);
    for (const code of codes) expect(code).toSatisfy(isRefusal);
  });

  it(`is let in only when it is the genuine one, ${count} times`, async () => {
    const random = seededRandom(20_260_101);
    const strange: unknown[] = [];
    let [genuine, refusals, readable] = [0, 0, 0];
    await outcomes(
      count,
      () => mutated(pick(seeds, random), random, seeds),
      ({ text, code }) => {
        const expected = seeds.includes(text) || twins.includes(text);
        if (expected && code === undefined) genuine += 1;
        else if (!expected && isRefusal(code)) refusals += 1;
        else strange.push({ text, code });
        if (readJws(text) !== null) readable += 1;
      },
    );
    expect(strange).toEqual([]);
    expect(genuine + refusals).toBe(count);
    // Most would be worth little if they ended at the alphabet: these came as far as the keys.
    expect(readable / count).toBeGreaterThan(0.4);
  });

  it('is let in when it is the second signature of a curve, which jose takes as well', async () => {
    expect(twins).toHaveLength(2);
    let index = 0;
    await outcomes(
      twins.length,
      () => twins[index++] ?? '',
      async ({ text, code }) => {
        expect(code).toBeUndefined();
        await expect(verifiedByJose(text)).resolves.toBeDefined();
      },
    );
  });
});

describe('a token that its own key has signed, whatever it says', () => {
  it(`is let in only when jose would let it in, with the same claims, ${count / 10} times`, async () => {
    const random = seededRandom(7515);
    let accepted = 0;
    await outcomes(
      count / 10,
      () => genuinelySigned(random),
      async ({ text, code, claims }) => {
        expect(code === undefined || isRefusal(code)).toBe(true);
        if (code !== undefined) return;
        accepted += 1;
        expect((await verifiedByJose(text)).payload).toEqual(claims);
      },
    );
    expect(accepted).toBeGreaterThan(count / 100);
  });
});

function genuinelySigned(random: Random): string {
  const algorithm = pick(['HS256', 'HS512', 'ES256'] as const, random);
  const header = { ...genuineHeader(algorithm), kid: algorithm };
  const editHeader = pick([editMember(headerEdits), rewrite], random);
  const editClaims = pick([editMember(claimEdits), editMember(claimEdits), rewrite], random);
  return signedToken({
    algorithm,
    wholeHeader: random() < 0.2 ? editHeader(header, random) : header,
    payload: editClaims({ ...genuineClaims }, random),
  });
}
