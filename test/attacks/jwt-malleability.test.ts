/** One token has one text. Readers that allow more have a denylist that anybody walks around. */

import { compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { type JwtAlgorithm, jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { ecdsaTwin, lookAlikes, variantsOf } from '../support/jws-variants.ts';
import { jwtDoors, refused } from '../support/jwt-doors.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { signedToken } from '../support/raw-jws.ts';

const ecdsa = jwtAlgorithms.filter((algorithm) => ruleOf(algorithm).family === 'ECDSA');

/** With claims of three lengths, so that the payload ends in each of the ways that base64url has. */
const lengths = ['', 'x', 'xx'] as const;

describe.each(jwtDoors)('$door', ({ open }) => {
  it.each(jwtAlgorithms)('takes a %s as it was written, and in no other way', async (algorithm) => {
    const verify = open({ algorithm });
    for (const x of lengths) {
      const token = signedToken({ algorithm, claims: { x } });
      expect(await verify(token)).toMatchObject({ x });
      for (const [what, variant] of variantsOf(token)) {
        expect(variant, what).not.toBe(token);
        await expect(verify(variant), what).rejects.toEqual(refused);
      }
    }
  });

  it.each(jwtAlgorithms)('refuses characters that look like those of a %s', async (algorithm) => {
    const token = signedToken({ algorithm });
    for (const [what, variant] of lookAlikes(token)) {
      await expect(open({ algorithm })(variant), what).rejects.toEqual(refused);
    }
  });

  it.each(ecdsa)('takes the second signature that every %s has: a denial goes by jti', async (algorithm) => {
    const token = signedToken({ algorithm });
    const twin = ecdsaTwin(token, algorithm);
    expect(twin).not.toBe(token);
    expect(await open({ algorithm })(twin)).toEqual(await open({ algorithm })(token));
  });
});

describe('the variants', () => {
  it('are real: jose alone takes several of each token', async () => {
    for (const algorithm of ['ES256', 'RS256', 'EdDSA', 'HS256'] satisfies JwtAlgorithm[]) {
      const taken: string[] = [];
      for (const x of lengths) {
        for (const [what, variant] of variantsOf(signedToken({ algorithm, claims: { x } }))) {
          const read = compactVerify(variant, keysFor(algorithm).publicKey);
          if (await read.then(Boolean, () => false)) taken.push(what);
        }
      }
      const several = ['a line end after it', 'padding in part 3', 'spare bits in part 3'];
      expect(taken, algorithm).toEqual(expect.arrayContaining(several));
    }
  });
});
