/** Ways past a sign-out that a hostile review found, each closed. */

import { describe, expect, it } from 'vitest';
import { AuthError, type Clock, createAuth } from '../../src/index.ts';
import { createJwtVerifier, issueJwt } from '../../src/jwt/index.ts';
import { aliceRow, door, rightPassword } from '../support/door.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { recordingState } from '../support/recording-state.ts';
import { userTable } from '../support/user-table.ts';

const dead = { code: 'ERR_TOKEN_REVOKED' };
const month = '30d';
const login = { identifier: 'alice@shop.example', password: rightPassword };

describe('a token from before its life was shortened', () => {
  it('ends when a new one would, so that what revoked it need not be remembered for longer', async () => {
    const { auth, table, state, clock } = door({ tokens: { expiresIn: month } });
    const { accessToken } = await auth.tokens.issue(aliceRow());
    const shorter = door({ table, state, clock, tokens: { expiresIn: '5m' } }).auth;
    await expect(shorter.tokens.verify(accessToken)).resolves.toMatchObject({ sub: '1' });
    await shorter.tokens.revoke(accessToken);
    await expect(shorter.tokens.verify(accessToken)).rejects.toMatchObject(dead);
    for (const seconds of [300, 43_200, 86_400]) {
      clock.advance(seconds);
      const restarted = door({ table, state, clock, tokens: { expiresIn: '5m' } }).auth;
      await expect(restarted.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_EXPIRED' });
    }
  });
});

describe('a login that overtakes', () => {
  /** A table in which something happens right after a row was read by its identifier. */
  function tableIn(act: () => Promise<unknown>) {
    const table = userTable(aliceRow());
    const { findByIdentifier } = table;
    table.findByIdentifier = async (identifier, kind) => {
      const row = await findByIdentifier(identifier, kind);
      const copy = row && { ...row };
      await act();
      return copy;
    };
    return table;
  }

  it('a change of the password and a sign-out between its two reads does not come in', async () => {
    const table = tableIn(async () => {
      Object.assign(table.rows[0] ?? {}, { hash: 'plain:1:another password' });
      await auth.sessions.endAll(1);
    });
    const { auth, events } = door({ table });
    await expect(auth.login(login)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    expect(events).toContainEqual(expect.objectContaining({ reason: 'changed-meanwhile' }));
  });

  it('the disabling of the account between its two reads does not come in', async () => {
    const table = tableIn(() => auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }));
    const { auth } = door({ table });
    await expect(auth.login(login)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
  });

  it('a sign-out that changed nothing else comes in', async () => {
    const { auth } = door();
    await auth.sessions.endAll(1);
    await expect(auth.login(login)).resolves.toMatchObject({ status: 'signed-in' });
  });

  it('the writing of its status has no token that lives when the account is disabled', async () => {
    const tokens: string[] = [];
    const table = userTable(aliceRow());
    const { setStatus } = table;
    table.setStatus = async (id, status) => {
      const result = await auth.login(login);
      if (result.status !== 'signed-in') throw new Error(result.status);
      const { accessToken } = await auth.tokens.issue(result.user, { authentication: result.authentication });
      tokens.push(accessToken);
      return setStatus(id, status);
    };
    const { auth } = door({ table });
    await auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
    expect(tokens).toHaveLength(1);
    await expect(auth.tokens.verify(tokens[0] ?? '')).rejects.toMatchObject(dead);
  });
});

describe('a machine whose clock is ahead', () => {
  it('drops no denial that the others still need', async () => {
    const { auth, table, state, clock, hasher } = door();
    const { accessToken } = await auth.tokens.issue(aliceRow());
    await auth.tokens.revoke(accessToken);
    const tenMinutesOn: Clock = { now: () => clock.now().getTime() + 600_000 };
    const ahead = createAuth({ secret: secretA, issuer, users: table, hasher, state, clock: tenMinutesOn });
    const other = await ahead.tokens.issue(aliceRow());
    await ahead.tokens.revoke(other.accessToken);
    clock.advance(1);
    const restarted = door({ table, state, clock }).auth;
    await expect(restarted.tokens.verify(accessToken)).rejects.toMatchObject(dead);
  });
});

describe('a clock that tells no time', () => {
  it.each([[undefined], [Number.NaN], [new Date(Number.NaN)], [Promise.resolve(0)], ['soon']])(
    'lets nobody in: %o',
    async (answer) => {
      const options = { issuer: 'i', audience: 'a', typ: 'at+jwt' };
      const token = await issueJwt(
        { sub: '1' },
        { ...options, key: secretA, algorithm: 'HS256', expiresIn: 60, clock: { now: () => 0 } },
      );
      const clock = { now: () => answer } as unknown as Clock;
      const { verify } = createJwtVerifier({ ...options, keys: secretA, algorithms: ['HS256'], clock });
      await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', option: 'clock' });
    },
  );
});

describe('a state store that answers what its driver says', () => {
  it.each([[{ rowCount: 0 }], [[]], ['0'], [1], [undefined]])('has not written: %o', async (answer) => {
    const state = Object.assign(recordingState(), { putIfAbsent: async () => answer as unknown as boolean });
    const { auth } = door({ state });
    const { accessToken } = await auth.tokens.issue(aliceRow());
    const revoked = auth.tokens.revoke(accessToken);
    await expect(revoked).rejects.toSatisfy((error) => AuthError.is(error, 'ERR_STATE_UNAVAILABLE'));
  });

  it('has no list where the denials are', async () => {
    const state = Object.assign(recordingState(), { get: async () => '{"mark":null,"denied":[]}' });
    const { auth } = door({ state });
    const authentication = { methods: [], at: 0, gen: null };
    const { accessToken } = await auth.tokens.issue(aliceRow(), { authentication });
    await expect(auth.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
  });
});
