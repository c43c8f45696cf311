/** A token that is looked up instead of verified must be the very token that was verified, and still alive. */

import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import { createJwtVerifier, type JwtClaims } from '../../src/jwt/index.ts';
import { asyncWorkOf } from '../support/async-work.ts';
import { issuer } from '../support/fixed-secret.ts';
import { ecdsaTwin, lookAlikes, variantsOf } from '../support/jws-variants.ts';
import { jwtDoors, refused } from '../support/jwt-doors.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience, signedToken, startOfTime } from '../support/raw-jws.ts';

const expired = expect.objectContaining({ code: 'ERR_TOKEN_EXPIRED' });
const doorsThatRemember = jwtDoors.filter(({ door }) => !door.startsWith('verifyJwt'));

/** Whether a token is verified, at the price of a signature, or looked up. */
const looksUp = async (verify: (token: string) => Promise<unknown>, token: string) =>
  (await asyncWorkOf(() => verify(token))).length === 0;

describe.each(doorsThatRemember)('$door', ({ open }) => {
  it('verifies a token once, and answers the same claims again', async () => {
    const verify = open();
    const token = signedToken();
    expect(await looksUp(verify, token)).toBe(false);
    expect(await looksUp(verify, token)).toBe(true);
    expect(await verify(token)).toBe(await verify(token));
  });

  it('remembers no refusal', async () => {
    const verify = open();
    const forged = signedToken({ key: keysFor('ES256', 'other').privateKey });
    for (const _time of [1, 2, 3]) await expect(verify(forged)).rejects.toEqual(refused);
    expect(await looksUp(verify, forged)).toBe(false);
  });

  it('takes no variant for a token that it remembers', async () => {
    const verify = open();
    const token = signedToken();
    await verify(token);
    for (const [what, variant] of [...variantsOf(token), ...lookAlikes(token)]) {
      await expect(verify(variant), what).rejects.toEqual(refused);
    }
  });

  it('takes no token that differs from a remembered one in a single character', async () => {
    const verify = open();
    const token = signedToken();
    await verify(token);
    for (let at = 0; at < token.length; at += 1) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      await expect(verify(changed), `character ${at}`).rejects.toEqual(refused);
    }
  });

  it('takes neither a part of a remembered token nor more than it', async () => {
    const verify = open();
    const token = signedToken();
    await verify(token);
    for (let length = 0; length < token.length; length += 1) {
      await expect(verify(token.slice(0, length))).rejects.toEqual(refused);
    }
    await expect(verify(`${token}A`)).rejects.toEqual(refused);
  });

  it('keeps two tokens apart that begin and end alike', async () => {
    const verify = open({ algorithm: 'HS256' });
    const users = Array.from({ length: 200 }, (_none, n) => String(1000 + n));
    const tokens = users.map((sub) =>
      signedToken({ algorithm: 'HS256', claims: { first: 'x'.repeat(999), sub, last: 'x'.repeat(999) } }),
    );
    for (const _time of [1, 2]) {
      const subs = await Promise.all(tokens.map(async (token) => (await verify(token))['sub']));
      expect(subs).toEqual(users);
    }
  });

  it('verifies the second signature of a remembered token for itself', async () => {
    const verify = open();
    const token = signedToken();
    await verify(token);
    const twin = ecdsaTwin(token, 'ES256');
    expect(await looksUp(verify, twin)).toBe(false);
    expect(await verify(twin)).not.toBe(await verify(token));
  });

  it.each([0, 30])('forgets a token when it ends, with a tolerance of %i seconds', async (clockTolerance) => {
    const clock = movableClock();
    const verify = open({ clock, clockTolerance });
    const token = signedToken();
    await verify(token);
    clock.advance(299 + clockTolerance);
    expect(await looksUp(verify, token)).toBe(true);
    clock.advance(1);
    await expect(verify(token)).rejects.toEqual(expired);
    clock.advance(-1);
    expect(await looksUp(verify, token)).toBe(false);
  });

  it('does not remember a token that has never been valid yet', async () => {
    const clock = movableClock();
    const verify = open({ clock });
    const token = signedToken({ claims: { nbf: startOfTime + 10 } });
    await expect(verify(token)).rejects.toEqual(refused);
    clock.advance(10);
    expect(await looksUp(verify, token)).toBe(false);
    expect(await looksUp(verify, token)).toBe(true);
  });

  it('verifies a token that is longer than usual every time', async () => {
    const verify = open();
    const token = signedToken({ claims: { filling: 'x'.repeat(defaults.verifiedTokenMaxLength) } });
    expect(await verify(token)).toMatchObject({ sub: '1' });
    expect(await looksUp(verify, token)).toBe(false);
  });
});

describe('the claims', () => {
  const claims = { aud: [audience, 'other'], deep: { list: [{ a: 1 }, ['b']], none: null } };

  it.each(jwtDoors)('of $door cannot be changed, at any depth', async ({ open }) => {
    const read = await open()(signedToken({ claims }));
    expect(frozenParts(read)).toEqual(frozenParts(read).map(() => true));
    expect(frozenParts(read)).toHaveLength(6);
    expect(() => Object.assign(read, { sub: '2' })).toThrow(TypeError);
    expect(() => (read['aud'] as string[]).push('third')).toThrow(TypeError);
  });

  it.each(doorsThatRemember)('of $door are what the next caller gets', async ({ open }) => {
    const verify = open();
    const token = signedToken({ claims });
    const first = await verify(token);
    expect(Reflect.set(first, 'sub', '2')).toBe(false);
    expect(Reflect.set(first['deep'] as object, 'none', 'x')).toBe(false);
    expect(await verify(token)).toMatchObject({ sub: '1', ...claims });
  });
});

describe('the memory of a verifier', () => {
  const { publicKey } = keysFor('HS256');
  const verifier = () =>
    createJwtVerifier({
      ...{ keys: publicKey, algorithms: ['HS256'], issuer, audience, typ: 'at+jwt', clock: movableClock() },
    });
  const tokenOf = (n: number) => signedToken({ algorithm: 'HS256', claims: { jti: `t${n}` } });

  it('holds no more tokens than its limit: those that were not used lately give way', async () => {
    const { verify } = verifier();
    const [used, unused]: readonly JwtClaims[] = [await verify(tokenOf(0)), await verify(tokenOf(1))];
    for (let n = 2; n <= defaults.verifiedTokens; n += 1) {
      await verify(tokenOf(n));
      if (n % 1000 === 0) await verify(tokenOf(0));
    }
    expect(await verify(tokenOf(0))).toBe(used);
    const again = await verify(tokenOf(1));
    expect(again).toEqual(unused);
    expect(again).not.toBe(unused);
  });

  it('is its own: another verifier has not seen the token', async () => {
    const [one, other] = [verifier(), verifier()];
    const token = tokenOf(0);
    const claims = await one.verify(token);
    expect(await one.verify(token)).toBe(claims);
    expect(await other.verify(token)).not.toBe(claims);
  });
});

/** Whether each object in it, itself included, is frozen. */
function frozenParts(value: unknown): readonly boolean[] {
  if (typeof value !== 'object' || value === null) return [];
  return [Object.isFrozen(value), ...Object.values(value).flatMap(frozenParts)];
}
