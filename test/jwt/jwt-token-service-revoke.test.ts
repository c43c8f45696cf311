import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/index.ts';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import { heldState } from '../support/held-state.ts';
import { ecdsaTwin } from '../support/jws-variants.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { audience, signedToken, startOfTime } from '../support/raw-jws.ts';

const revoked = { name: 'AuthError', code: 'ERR_TOKEN_REVOKED' };
const unavailable = { name: 'RetryError', code: 'ERR_STATE_UNAVAILABLE' };
const accept = { ifStateUnavailable: 'accept' } as const;

const tokenOf = async ({ auth }: Pick<Door, 'auth'>, key: UserId = 1): Promise<string> =>
  (await auth.tokens.issue(aliceRow({ key }))).accessToken;

/** Forgets what was called and told so far. */
const begin = ({ state, events, table }: Pick<Door, 'state' | 'events' | 'table'>): void => {
  state.calls.length = events.length = table.calls.length = 0;
};

const ring = (use: 'sign' | 'verify') =>
  [{ kid: 'k1', algorithm: 'ES256', key: keysFor('ES256').privateKey, use }] as const;

describe('revoke', () => {
  it('ends one token and no other, and tells of it by its name', async () => {
    const made = door({ realm: 'staff' });
    const [one, other, bobs] = [await tokenOf(made), await tokenOf(made), await tokenOf(made, 2)];
    const stamp = await made.auth.sessions.start(aliceRow());
    begin(made);
    await made.auth.tokens.revoke(one);
    expect(made.state.calls).toEqual(['get revocation', 'get revocation', 'putIfAbsent revocation']);
    expect(made.events).toEqual([
      { name: 'token.revoked', userId: 1, tokenId: decodeJwt(one).jti, realm: 'staff', at: made.clock.now() },
    ]);
    expect(made.table.calls).toEqual([]);
    await expect(made.auth.tokens.verify(one)).rejects.toMatchObject(revoked);
    for (const alive of [other, bobs]) await made.auth.tokens.verify(alive);
    expect(await made.auth.sessions.resume(stamp)).not.toBeNull();
  });

  it('writes nothing that would open anything', async () => {
    const made = door();
    const written: string[] = [];
    const state = {
      ...made.state,
      putIfAbsent: async (key: string, value: string, ttlSeconds: number) => {
        written.push(key, value);
        return made.state.putIfAbsent(key, value, ttlSeconds);
      },
    };
    const token = await tokenOf(made);
    await door({ state }).auth.tokens.revoke(token);
    expect(written).toHaveLength(2);
    for (const part of token.split('.')) expect(written.join(' ')).not.toContain(part);
    expect(JSON.parse(String(written[1]))).toEqual({
      mark: null,
      denied: { [String(decodeJwt(token).jti)]: startOfTime + 300 },
    });
  });

  it.each([...['', 'a.b.c', 'x'.repeat(10_000), 'eyJhbGciOiJub25lIn0.e30.', 'Basic YTpi']])(
    'takes the text %o for nothing: no error, no call of the store, no event',
    async (text) => {
      const made = door();
      await expect(made.auth.tokens.revoke(text)).resolves.toBeUndefined();
      expect([...made.state.calls, ...made.events, ...made.table.calls]).toEqual([]);
    },
  );

  it.each([undefined, null, 7, {}, [], { accessToken: 'a.b.c' }, Symbol('x')])(
    'refuses %o, which is no text: a logout that ends nothing must not look like one',
    async (value) => {
      const made = door();
      const fields = { token: expect.stringContaining('must be a text') };
      await expect(made.auth.tokens.revoke(value as string)).rejects.toMatchObject({
        code: 'ERR_INPUT_INVALID',
        fields,
      });
      expect([...made.state.calls, ...made.events, ...made.table.calls]).toEqual([]);
    },
  );

  it.each(['Bearer ', 'bearer '])('refuses a whole header that begins with %o', async (scheme) => {
    const { auth } = door();
    const { accessToken } = await auth.tokens.issue(aliceRow());
    const fields = { token: expect.stringContaining('leave out Bearer') };
    await expect(auth.tokens.revoke(scheme + accessToken)).rejects.toMatchObject({ fields });
    await expect(auth.tokens.verify(accessToken)).resolves.toBeDefined();
  });

  it('asks nobody about a token that is forged, of another kind, or for somebody else', async () => {
    const made = door({ audience, tokens: { keys: ring('verify') } });
    const strangers = [
      signedToken({ key: keysFor('ES256', 'other').privateKey }),
      signedToken({ header: { typ: 'invite+jwt' } }),
      signedToken({ claims: { aud: 'https://other.example' } }),
      signedToken({ claims: { iss: 'https://other.example' } }),
      signedToken({ claims: { realm: 'staff' } }),
      signedToken({ claims: { client_id: undefined } }),
      signedToken({ header: { kid: 'unknown' } }),
    ];
    for (const token of strangers) await made.auth.tokens.revoke(token);
    expect([...made.state.calls, ...made.events]).toEqual([]);
    await made.auth.tokens.revoke(signedToken());
    expect(made.events).toMatchObject([{ name: 'token.revoked' }]);
  });

  it.each(['seen', 'never seen'])('writes nothing for a token that has expired, %s before', async (how) => {
    const made = door();
    const token = await tokenOf(made);
    if (how === 'seen') await made.auth.tokens.verify(token);
    made.clock.advance(300);
    begin(made);
    await expect(made.auth.tokens.revoke(token)).resolves.toBeUndefined();
    expect([...made.state.calls, ...made.events]).toEqual([]);
  });

  it('writes nothing for a token that is dead already', async () => {
    const made = door();
    const [one, other] = [await tokenOf(made), await tokenOf(made)];
    await made.auth.tokens.revoke(one);
    begin(made);
    await made.auth.tokens.revoke(one);
    expect([...made.state.calls, ...made.events]).toEqual([]);
    await anotherDoor(made).auth.tokens.revoke(one);
    expect(made.state.calls).toEqual(['get revocation']);
    await made.auth.tokens.revokeAll(1);
    begin(made);
    await made.auth.tokens.revoke(other);
    expect([made.state.calls, made.events]).toEqual([['get revocation'], []]);
  });

  it('asks the store however old an answer may be', async () => {
    const made = door({ tokens: { maxStaleness: '1h' } });
    const token = await tokenOf(made);
    await made.auth.tokens.verify(token);
    begin(made);
    await made.auth.tokens.revoke(token);
    expect(made.state.calls[0]).toBe('get revocation');
  });

  it.each(['get', 'putIfAbsent'] as const)(
    'says so when the store fails at %s, and the token lives',
    async (verb) => {
      const made = door();
      const token = await tokenOf(made);
      const claims = await made.auth.tokens.verify(token);
      begin(made);
      made.state.failing.add(verb);
      await expect(made.auth.tokens.revoke(token)).rejects.toMatchObject(unavailable);
      made.state.failing.clear();
      expect(made.events).toEqual([]);
      expect(await made.auth.tokens.verify(token)).toBe(claims);
      await made.auth.tokens.revoke(token);
      await expect(made.auth.tokens.verify(token)).rejects.toMatchObject(revoked);
    },
  );

  it('is done once when it is asked for several times at once', async () => {
    const made = door();
    const token = await tokenOf(made);
    await Promise.all(Array.from({ length: 8 }, () => made.auth.tokens.revoke(token)));
    await expect(made.auth.tokens.verify(token)).rejects.toMatchObject(revoked);
    expect(new Set(made.events.slice(1).map((event) => Reflect.get(event, 'tokenId'))).size).toBe(1);
  });

  it('ends both signatures of a token, whichever is handed in', async () => {
    for (const side of [0, 1]) {
      const made = door({ tokens: { keys: ring('sign') } });
      const token = await tokenOf(made);
      const both = [token, ecdsaTwin(token, 'ES256')];
      for (const one of both) await made.auth.tokens.verify(one);
      await made.auth.tokens.revoke(both[side] ?? '');
      for (const one of both) await expect(made.auth.tokens.verify(one)).rejects.toMatchObject(revoked);
    }
  });
});

describe('a token that this process has seen revoked', () => {
  const ends: Readonly<Record<string, (made: Door, token: string) => Promise<void>>> = {
    'revoked here': ({ auth }, token) => auth.tokens.revoke(token),
    'revoked elsewhere': async (made, token) => {
      await anotherDoor(made).auth.tokens.revoke(token);
      await expect(made.auth.tokens.verify(token)).rejects.toMatchObject(revoked);
    },
    'ended with all others': async ({ auth }, token) => {
      await auth.tokens.revokeAll(1);
      await expect(auth.tokens.verify(token)).rejects.toMatchObject(revoked);
    },
  };

  it.each(Object.entries(ends))('stays out, %s, when the store is down or empty', async (_how, end) => {
    const made = door();
    const token = await tokenOf(made);
    await made.auth.tokens.verify(token);
    await end(made, token);
    begin(made);
    made.state.failing.add('get');
    for (const options of [accept, { ...accept, maxStaleness: '1h' }, {}] as const) {
      await expect(made.auth.tokens.verify(token, options)).rejects.toMatchObject(revoked);
    }
    expect([...made.state.calls, ...made.events]).toEqual([]);
  });

  it('stays out when it was verified for the first time while it was being revoked', async () => {
    const made = door();
    const token = await tokenOf(made);
    const elsewhere = anotherDoor(made);
    await Promise.allSettled([elsewhere.auth.tokens.revoke(token), elsewhere.auth.tokens.verify(token)]);
    made.state.failing.add('get');
    await expect(elsewhere.auth.tokens.verify(token, accept)).rejects.toMatchObject(revoked);
  });

  it.each([
    ['revoked', (made: Door, token: string) => made.auth.tokens.revoke(token)],
    [
      'found ended',
      async (made: Door, token: string) => {
        await anotherDoor(made).auth.tokens.revoke(token);
        await expect(made.auth.tokens.verify(token)).rejects.toMatchObject(revoked);
      },
    ],
  ])('stays out once it was %s, also when it is too long to be kept', async (_how, end) => {
    const made = door();
    const issue = () => made.auth.tokens.issue(aliceRow(), { claims: { picture: 'x'.repeat(4096) } });
    const [token, other] = [(await issue()).accessToken, (await issue()).accessToken];
    await end(made, token);
    made.state.failing.add('get');
    await expect(made.auth.tokens.verify(token, accept)).rejects.toMatchObject(revoked);
    await made.auth.tokens.verify(other, accept);
  });

  it('stays out of a request that was waiting for a store that then failed', async () => {
    const state = heldState();
    const made = door({ state });
    const token = await tokenOf(made);
    await made.auth.tokens.verify(token);
    const held = state.hold('get');
    const slow = made.auth.tokens.verify(token, accept);
    await held.arrived;
    await made.auth.tokens.revoke(token);
    begin(made);
    held.release(new Error('connection reset'));
    await expect(slow).rejects.toMatchObject(unavailable);
    expect(made.events).toEqual([]);
  });
});

describe('revokeAll', () => {
  it('ends every token of the user and no other', async () => {
    const made = door();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenOf(made)));
    const others = [await tokenOf(made, 2), await tokenOf(made, '1'), await tokenOf(made, 1n)];
    for (const token of tokens.slice(5)) await made.auth.tokens.verify(token);
    await made.auth.tokens.revokeAll(1);
    for (const token of tokens) await expect(made.auth.tokens.verify(token)).rejects.toMatchObject(revoked);
    for (const token of others) await made.auth.tokens.verify(token);
    await made.auth.tokens.verify(await tokenOf(made));
  });

  it('rejects for an id that is none, as every method does', async () => {
    const { tokens } = door().auth;
    for (const id of [undefined, null, '', Number.NaN, {}]) {
      await expect(tokens.revokeAll(id as UserId)).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
    }
  });
});
