import { describe, expect, it } from 'vitest';
import type { Duration, VerifyOptions } from '../../src/index.ts';
import type { CountingHasher } from '../support/counting-hasher.ts';
import { revocationRecords } from '../support/damaged-records.ts';
import { aliceRow, type Door, type DoorParts, door } from '../support/door.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { audience, genuineClaims, signedToken } from '../support/raw-jws.ts';

const invalid = { name: 'AuthError', code: 'ERR_TOKEN_INVALID' };
const expired = { name: 'AuthError', code: 'ERR_TOKEN_EXPIRED' };
const revoked = { name: 'AuthError', code: 'ERR_TOKEN_REVOKED' };
const unavailable = { name: 'RetryError', code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };

/** A door, and a token of alice that it has let in before. */
async function warm(parts: DoorParts<CountingHasher> = {}): Promise<Door & { token: string }> {
  const made = door(parts);
  const { accessToken: token } = await made.auth.tokens.issue(aliceRow());
  await made.auth.tokens.verify(token);
  made.state.calls.length = made.events.length = 0;
  return { ...made, token };
}

/** A door that takes tokens of a key that the test holds, so that it can say anything in them. */
function openDoor() {
  const keys = [{ kid: 'k1', algorithm: 'ES256', key: keysFor('ES256').publicKey, use: 'verify' }] as const;
  return door({ audience, tokens: { keys } });
}

describe('verify', () => {
  it('answers the claims, frozen, and the same object for the same token', async () => {
    const { auth, token } = await warm();
    const claims = await auth.tokens.verify(token);
    expect(claims).toMatchObject({ iss: issuer, sub: '1', client_id: issuer });
    expect(Object.isFrozen(claims)).toBe(true);
    expect(await auth.tokens.verify(token)).toBe(claims);
  });

  it('reads the state store once, writes nothing and tells of nothing', async () => {
    const { auth, token, state, events, table } = await warm();
    await auth.tokens.verify(token);
    expect([state.calls, events, table.calls]).toEqual([['get revocation'], [], []]);
  });

  it.each([
    ...[undefined, null, '', 7, true, {}, [], ['a.b.c'], Buffer.from('a.b.c'), Object('a.b.c'), Symbol('x')],
    ...['a', 'a.b', 'a.b.c', 'a.b.c.d', '..', 'x'.repeat(8193)],
  ])('takes %o for no token, and asks nobody', async (text) => {
    const { auth, state } = await warm();
    await expect(auth.tokens.verify(text as string)).rejects.toMatchObject(invalid);
    await expect(auth.tokens.verify(text as string, { ifStateUnavailable: 'accept' })).rejects.toMatchObject(
      invalid,
    );
    expect(state.calls).toEqual([]);
  });

  it('asks nobody about a token that is forged', async () => {
    const { auth, state } = openDoor();
    const forged = signedToken({ key: keysFor('ES256', 'other').privateKey });
    await expect(auth.tokens.verify(forged)).rejects.toMatchObject(invalid);
    expect(state.calls).toEqual([]);
    expect(await auth.tokens.verify(signedToken())).toMatchObject(genuineClaims);
  });

  it.each(['iss', 'sub', 'aud', 'client_id', 'iat', 'exp', 'jti'])(
    'refuses a token without %s',
    async (name) => {
      for (const value of [undefined, null, '']) {
        const token = signedToken({ claims: { [name]: value } });
        await expect(openDoor().auth.tokens.verify(token)).rejects.toMatchObject(invalid);
      }
    },
  );

  it.each([
    { client_id: ['web'] },
    { auth_time: 'yesterday' },
    { auth_time: 1.5 },
    { amr: 'pwd' },
    { roles: 'admin' },
    { roles: [['admin']] },
    { scope: ['admin'] },
    { scope: '' },
    { gen: 7 },
    { gen: '' },
    { realm: 'staff' },
    { idt: 'n', sub: '1x' },
    { idt: 'x' },
  ])('refuses a token that says %j', async (claims) => {
    const { auth, state } = openDoor();
    await expect(auth.tokens.verify(signedToken({ claims }))).rejects.toMatchObject(invalid);
    expect(state.calls).toEqual([]);
  });

  it.each(['JWT', 'refresh+jwt', 'at', 'invite+jwt', undefined])(
    'refuses a token of the kind %s',
    async (typ) => {
      await expect(openDoor().auth.tokens.verify(signedToken({ header: { typ } }))).rejects.toMatchObject(
        invalid,
      );
    },
  );

  it('passes on what a guard may ask for, as it is in the token', async () => {
    const claims = { roles: ['admin'], scope: 'a b', auth_time: 7, amr: ['pwd'], tenant: { id: 7 } };
    expect(await openDoor().auth.tokens.verify(signedToken({ claims }))).toMatchObject(claims);
  });
});

describe('the end of a token', () => {
  it.each([
    ['5 minutes when nobody says', {}, 300],
    ['as long as the options say', { expiresIn: '30d' }, 30 * 86_400],
    ['and the tolerance of the clocks longer', { expiresIn: 60, clockTolerance: 30 }, 90],
  ] as const)('comes after %s, to the second', async (_what, tokens, life) => {
    const { auth, clock, token } = await warm({ tokens });
    const { accessToken: unseen } = await auth.tokens.issue(aliceRow());
    clock.advance(life - 1);
    await auth.tokens.verify(token);
    clock.advance(1);
    for (const one of [token, unseen]) {
      await expect(auth.tokens.verify(one)).rejects.toMatchObject(expired);
      await expect(auth.tokens.verify(one, { ifStateUnavailable: 'accept' })).rejects.toMatchObject(expired);
    }
  });

  it('is told before the state store is asked', async () => {
    const { auth, clock, token, state } = await warm();
    clock.advance(300);
    state.failing.add('get');
    await expect(auth.tokens.verify(token)).rejects.toMatchObject(expired);
    expect(state.calls).toEqual([]);
  });
});

describe('maxStaleness', () => {
  it.each<[Duration, number]>([
    [0, 10],
    ['0s', 10],
    [5, 2],
    ['5s', 2],
    ['1m', 1],
  ])('of %s asks %i times in ten seconds', async (maxStaleness, asked) => {
    const { auth, clock, token, state } = await warm();
    for (let second = 0; second < 10; second += 1) {
      await auth.tokens.verify(token, { maxStaleness });
      clock.advance(1);
    }
    expect(state.calls).toHaveLength(asked);
  });

  it('of the options holds where a call says nothing', async () => {
    const { auth, token, state } = await warm({ tokens: { maxStaleness: '1m' } });
    for (let n = 0; n < 3; n += 1) await auth.tokens.verify(token);
    expect(state.calls).toEqual([]);
    await auth.tokens.verify(token, { maxStaleness: 0 });
    expect(state.calls).toEqual(['get revocation']);
  });

  it.each([null, '', '5', '5ms', '5 s', '-5s', -1, 1.5, Number.NaN, Infinity, true, {}, [5], 5n])(
    'is not %o',
    async (maxStaleness) => {
      const { auth, token, state } = await warm();
      await expect(
        auth.tokens.verify(token, { maxStaleness: maxStaleness as Duration }),
      ).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', option: 'tokens.verify.maxStaleness' });
      expect(state.calls).toEqual([]);
    },
  );
});

describe('while the state store is down', () => {
  it.each([undefined, 'refuse', 'Accept', 'ACCEPT', true, 1, {}, ['accept'], null])(
    'ifStateUnavailable: %o refuses',
    async (ifStateUnavailable) => {
      const { auth, token, state, events } = await warm();
      state.failing.add('get');
      const options = { ifStateUnavailable } as VerifyOptions;
      await expect(auth.tokens.verify(token, options)).rejects.toMatchObject(unavailable);
      await expect(auth.tokens.verify(token)).rejects.toMatchObject(unavailable);
      expect(events).toEqual([]);
    },
  );

  it('accept accepts, and tells of it by the name of the token', async () => {
    const { auth, token, state, events, clock } = await warm({ realm: 'staff' });
    state.failing.add('get');
    const { jti } = await auth.tokens.verify(token, { ifStateUnavailable: 'accept' });
    expect(events).toEqual([
      { name: 'token.accepted-unchecked', userId: 1, tokenId: jti, realm: 'staff', at: clock.now() },
    ]);
  });

  it('accept asks the store all the same, and goes by what it says', async () => {
    const { auth, token, state, events } = await warm();
    const accept = { ifStateUnavailable: 'accept' } as const;
    await auth.tokens.verify(token, accept);
    expect([state.calls, events]).toEqual([['get revocation'], []]);
    await auth.tokens.revokeAll(1);
    await expect(auth.tokens.verify(token, accept)).rejects.toMatchObject(revoked);
  });

  it.each(revocationRecords)(
    'accept refuses by the damaged record %j: the store was asked',
    async (record) => {
      const { auth, token, state, events } = await warm();
      const damaged = door({ state: { ...state, get: async () => record } });
      expect(await auth.tokens.verify(token)).toMatchObject({ sub: '1' });
      const verifying = damaged.auth.tokens.verify(token, { ifStateUnavailable: 'accept' });
      await expect(verifying).rejects.toMatchObject(unavailable);
      expect([...damaged.events, ...events]).toEqual([]);
    },
  );
});
