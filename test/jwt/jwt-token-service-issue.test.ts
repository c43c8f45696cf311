import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import type { AuthUser, IssueOptions, UserId, UserStatus } from '../../src/index.ts';
import { aliceRow, door, rightPassword } from '../support/door.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { startOfTime } from '../support/raw-jws.ts';
import { refreshDoor } from '../support/refresh-door.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const right = { identifier: 'alice@shop.example', password: rightPassword };
const authentication = { methods: ['pwd'], at: startOfTime - 60, gen: null };
const refused = (code: string, more: object = {}) => ({ code, ...more });

/** The claims of a new token of alice. */
async function claimsOf(made: ReturnType<typeof door>, options?: IssueOptions, row: Row = aliceRow()) {
  return decodeJwt((await made.auth.tokens.issue(row, options)).accessToken);
}

describe('a new token', () => {
  it('has the claims of RFC 9068, and no others', async () => {
    expect(await claimsOf(door())).toEqual({
      iss: issuer,
      aud: issuer,
      sub: '1',
      idt: 'n',
      client_id: issuer,
      iat: startOfTime,
      exp: startOfTime + 300,
      jti: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  it('says in its header what it is and which secret has signed it, and no more', async () => {
    const { accessToken } = await door().auth.tokens.issue(aliceRow());
    const kid = expect.stringMatching(/^[\w-]{8}$/);
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid });
  });

  it('comes with what a client has to know of it', async () => {
    const { tokens } = door({ tokens: { expiresIn: '15m', scopes: () => ['a', 'b'] } }).auth;
    const accessToken = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(await tokens.issue(aliceRow())).toEqual({
      tokenType: 'Bearer',
      accessToken,
      expiresIn: 900,
      scope: 'a b',
    });
    expect(Object.keys(await door().auth.tokens.issue(aliceRow()))).toEqual([
      'tokenType',
      'accessToken',
      'expiresIn',
    ]);
  });

  it('has a name of its own each time', async () => {
    const made = door();
    const names = new Set(
      await Promise.all(Array.from({ length: 100 }, async () => (await claimsOf(made)).jti)),
    );
    expect(names.size).toBe(100);
  });

  it('is for the audience and the client that the options name, and lives as long as they say', async () => {
    const made = door({ audience: 'https://api.shop.example', tokens: { clientId: 'web', expiresIn: 60 } });
    expect(await claimsOf(made)).toMatchObject({
      aud: 'https://api.shop.example',
      client_id: 'web',
      exp: startOfTime + 60,
    });
  });

  it('names its realm, which is part of the audience unless one is given', async () => {
    expect(await claimsOf(door({ realm: 'staff' }))).toMatchObject({
      realm: 'staff',
      aud: `${issuer}#staff`,
      client_id: `${issuer}#staff`,
    });
    expect(await claimsOf(door({ realm: 'staff', audience: 'api' }))).toMatchObject({
      realm: 'staff',
      aud: 'api',
    });
  });

  it.each<[UserId, object]>([
    ['alice', { sub: 'alice' }],
    ['7', { sub: '7' }],
    [7, { sub: '7', idt: 'n' }],
    [-7, { sub: '-7', idt: 'n' }],
    [7n, { sub: '7', idt: 'b' }],
    [2n ** 70n, { sub: '1180591620717411303424', idt: 'b' }],
  ])('writes the id %s with its type', async (key, named) => {
    const made = door();
    const { accessToken } = await made.auth.tokens.issue(aliceRow({ key }));
    const { sub, idt } = decodeJwt(accessToken);
    expect({ sub, idt }).toEqual({ idt: undefined, ...named });
    expect(made.events).toMatchObject([{ name: 'token.issued', userId: key }]);
    expect(await made.auth.tokens.verify(accessToken)).toMatchObject(named);
  });

  it('says what the login proved, and nothing where nobody has vouched for it', async () => {
    const made = door();
    const claims = await claimsOf(made, { authentication: { methods: ['pwd', 'otp'], at: 7 } });
    expect(claims).toMatchObject({ auth_time: 7, amr: ['pwd', 'otp'] });
    const none = await claimsOf(made);
    expect([none['auth_time'], none['amr']]).toEqual([undefined, undefined]);
  });

  it('has the roles of the row, and none where there are none', async () => {
    expect(await claimsOf(door(), {}, aliceRow({ roles: ['admin', 'auditor'] }))).toMatchObject({
      roles: ['admin', 'auditor'],
    });
    expect(await claimsOf(door(), {}, aliceRow({ roles: [] }))).not.toHaveProperty('roles');
  });

  it('holds nothing of the row but its id and its roles', async () => {
    const row = aliceRow({ counter: 70_077_007, roles: ['admin'] });
    const text = JSON.stringify(await claimsOf(door(), { authentication }, row));
    for (const secret of [rightPassword, 'plain:', row.login, '70077007', secretA])
      expect(text).not.toContain(secret);
  });
});

describe('the revocation mark', () => {
  it('is that of the login, and the store is not asked again', async () => {
    const made = door();
    await made.auth.sessions.endAll(1);
    const login = await made.auth.login(right);
    if (login.status !== 'signed-in') throw new Error(login.status);
    const { gen } = login.authentication;
    expect(gen).toMatch(/^[\w-]{22}$/);
    made.state.calls.length = 0;
    expect(await claimsOf(made, { authentication: login.authentication })).toMatchObject({ gen });
    expect(made.state.calls).toEqual([]);
  });

  it('is read when there was no login, or one that brings none', async () => {
    const made = door();
    await made.auth.sessions.endAll(1);
    const { gen: _none, ...older } = authentication;
    made.state.calls.length = 0;
    for (const options of [undefined, {}, { authentication: older }]) {
      expect(await claimsOf(made, options)).toMatchObject({ gen: expect.stringMatching(/^[\w-]{22}$/) });
    }
    expect(made.state.calls).toEqual(['get revocation', 'get revocation', 'get revocation']);
  });

  it('is absent when there is none', async () => {
    expect(await claimsOf(door())).not.toHaveProperty('gen');
    expect(await claimsOf(door(), { authentication })).not.toHaveProperty('gen');
  });
});

describe('scopes', () => {
  it('are none, whatever is asked for, unless the host grants some', async () => {
    const { accessToken, scope } = await door().auth.tokens.issue(aliceRow(), { scope: 'admin read:orders' });
    expect(scope).toBeUndefined();
    expect(decodeJwt(accessToken)).not.toHaveProperty('scope');
  });

  it('are what the host says of the user and what was asked for', async () => {
    const asked: unknown[] = [];
    const scopes = async (row: Row, requested: readonly string[]) => {
      asked.push([row, requested]);
      return ['read:orders', 'read:orders', 'profile'];
    };
    const made = door({ tokens: { scopes } });
    const row = aliceRow();
    expect(await claimsOf(made, { scope: 'admin read:orders admin' }, row)).toMatchObject({
      scope: 'read:orders profile',
    });
    expect(await claimsOf(made, {}, row)).toMatchObject({ scope: 'read:orders profile' });
    expect(asked).toEqual([
      [row, ['admin', 'read:orders']],
      [row, []],
    ]);
    expect((asked[0] as unknown[])[0]).toBe(row);
  });

  it('that are no scopes are refused before anything is asked', async () => {
    const asked: unknown[] = [];
    const made = door({ tokens: { scopes: () => void asked.push(1) as unknown as string[] } });
    for (const scope of [' ', 'a  b', 'a\n', 'é', ['a'], 7, null, {}, 'x'.repeat(1025)]) {
      await expect(made.auth.tokens.issue(aliceRow(), { scope: scope as string })).rejects.toMatchObject(
        refused('ERR_INPUT_INVALID', { fields: { scope: expect.any(String) } }),
      );
    }
    expect([...asked, ...made.state.calls, ...made.events]).toEqual([]);
  });

  it('of a host that fails are that host’s fault, as it is', async () => {
    const fault = new Error('no grants today');
    const rejecting = () => Promise.reject(fault);
    const throwing = (): never => {
      throw fault;
    };
    for (const scopes of [rejecting, throwing]) {
      const { auth, events } = door({ tokens: { scopes } });
      await expect(auth.tokens.issue(aliceRow())).rejects.toBe(fault);
      expect(events).toEqual([]);
    }
  });

  it.each([undefined, null, 'read', 7, {}, [7], [''], ['a b'], [['a']], new Set(['a'])])(
    'are not %j: the host is told of its mistake',
    async (granted) => {
      const { auth, events } = door({ tokens: { scopes: () => granted as string[] } });
      await expect(auth.tokens.issue(aliceRow())).rejects.toMatchObject(
        refused('ERR_CONFIG_INVALID', { option: 'tokens.scopes' }),
      );
      expect(events).toEqual([]);
    },
  );
});

describe('claims of the host’s own', () => {
  it('go into the token', async () => {
    const claims = { tenant: { id: 7, tags: ['a', null] }, beta: true };
    expect(await claimsOf(door(), { claims })).toMatchObject(claims);
  });

  it('are read from the object itself', async () => {
    const claims = Object.assign(Object.create({ inherited: 1, scope: 'admin' }), { tenant: 7 });
    const read = await claimsOf(door(), { claims });
    expect(read).toMatchObject({ tenant: 7 });
    expect([read['inherited'], read['scope']]).toEqual([undefined, undefined]);
  });

  it.each([
    ...['iss', 'sub', 'aud', 'client_id', 'iat', 'exp', 'nbf', 'jti', 'idt', 'auth_time', 'amr', 'scope'],
    ...['roles', 'gen', 'realm', 'sid', 'via', '__proto__'],
  ])('cannot be %s', async (name) => {
    const { auth, events } = door();
    const claims = JSON.parse(`{"tenant":1,"${name}":"forged"}`) as Record<string, unknown>;
    await expect(auth.tokens.issue(aliceRow(), { claims })).rejects.toMatchObject(
      refused('ERR_CONFIG_INVALID', { option: `tokens.issue.claims.${name}` }),
    );
    expect(events).toEqual([]);
  });

  it.each([null, 'tenant', 7, ['tenant']])('are not %j', async (claims) => {
    await expect(
      door().auth.tokens.issue(aliceRow(), { claims: claims as unknown as Record<string, unknown> }),
    ).rejects.toMatchObject(refused('ERR_CONFIG_INVALID', { option: 'tokens.issue.claims' }));
  });

  it('cannot take the place of all others', async () => {
    const claims = { toJSON: () => ({ iss: issuer, sub: '2' }) };
    await expect(door().auth.tokens.issue(aliceRow(), { claims })).rejects.toMatchObject(
      refused('ERR_CONFIG_INVALID', { option: 'tokens.issue.claims.toJSON' }),
    );
  });

  it('must be plain JSON that the verifier reads again', async () => {
    const { auth, events } = door();
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    const deep = JSON.parse(`${'['.repeat(17)}${']'.repeat(17)}`) as unknown;
    for (const claims of [{ n: 1n }, circle, { deep }, { inner: JSON.parse('{"__proto__":1}') as unknown }]) {
      await expect(auth.tokens.issue(aliceRow(), { claims })).rejects.toMatchObject(
        refused('ERR_CONFIG_INVALID', { option: 'claims' }),
      );
    }
    expect(events).toEqual([]);
  });
});

describe('no token is issued', () => {
  it.each(['pending', 'disabled', 'locked', 'Active', ''])('for a user who is %j', async (state) => {
    const { auth, events, state: store } = door();
    await expect(auth.tokens.issue(aliceRow({ state: state as UserStatus }))).rejects.toMatchObject(
      refused('ERR_LOGIN_REJECTED'),
    );
    expect([...events, ...store.calls]).toEqual([]);
  });

  it.each([undefined, null])('for %j in the place of a user', async (row) => {
    await expect(door().auth.tokens.issue(row as unknown as Row)).rejects.toMatchObject(
      refused('ERR_INPUT_INVALID', { fields: { user: expect.any(String) } }),
    );
  });

  it('for a row without an id', async () => {
    const table: UserTable = { ...userTable(), toAuthUser: () => ({ passwordHash: null }) as AuthUser };
    await expect(door({ table }).auth.tokens.issue(aliceRow())).rejects.toMatchObject(
      refused('ERR_CONFIG_INVALID', { option: 'users.toAuthUser' }),
    );
  });

  it.each([
    [{ authentication: {} }, 'authentication'],
    [{ authentication: { methods: 'pwd', at: 7 } }, 'authentication'],
    [{ authentication: { methods: ['pwd'], at: -1 } }, 'authentication'],
    [{ authentication: { methods: ['pwd'], at: 7, gen: 7 } }, 'authentication'],
  ])('for the login %j', async (options, field) => {
    await expect(door().auth.tokens.issue(aliceRow(), options as IssueOptions)).rejects.toMatchObject(
      refused('ERR_INPUT_INVALID', { fields: { [field]: expect.any(String) } }),
    );
  });

  it.each([
    [{ refresh: 'yes' }, 'tokens.issue.refresh'],
    [{ refresh: null }, 'tokens.issue.refresh'],
    [{ scopes: ['a'] }, 'tokens.issue.scopes'],
    [{ expiresIn: 60 }, 'tokens.issue.expiresIn'],
    ['read', 'tokens.issue'],
    [['read'], 'tokens.issue'],
  ])('with the options %j', async (options, option) => {
    await expect(door().auth.tokens.issue(aliceRow(), options as IssueOptions)).rejects.toMatchObject(
      refused('ERR_CONFIG_INVALID', { option }),
    );
  });

  it('that is longer than one that is read', async () => {
    const { auth, events } = door();
    const claims = { filling: 'x'.repeat(8192) };
    await expect(auth.tokens.issue(aliceRow(), { claims })).rejects.toMatchObject(
      refused('ERR_CONFIG_INVALID', { option: 'claims' }),
    );
    const roles = Array.from({ length: 1000 }, (_none, n) => `role ${n}`);
    await expect(auth.tokens.issue(aliceRow({ roles }))).rejects.toMatchObject(refused('ERR_CONFIG_INVALID'));
    expect(events).toEqual([]);
  });

  it('that is longer than one that is read, and leaves no login that nobody holds', async () => {
    const made = refreshDoor({ sessions: { registry: true } });
    const claims = { filling: 'x'.repeat(8192) };
    await expect(made.auth.tokens.issue(aliceRow(), { claims, refresh: true })).rejects.toMatchObject(
      refused('ERR_CONFIG_INVALID', { option: 'claims' }),
    );
    expect(await made.auth.sessions.list(1)).toEqual([]);
    expect([...made.records.records.keys()].filter((key) => key.startsWith('refresh:'))).toEqual([]);
    expect(made.events).toEqual([]);
  });

  it('while the state store is down, unless the login brings the mark', async () => {
    const { auth, state, events } = door();
    state.failing.add('get');
    await expect(auth.tokens.issue(aliceRow())).rejects.toMatchObject(refused('ERR_STATE_UNAVAILABLE'));
    expect(events).toEqual([]);
    await auth.tokens.issue(aliceRow(), { authentication });
  });
});

describe('what is told of a new token', () => {
  it('names it and its user, and opens nothing', async () => {
    const { auth, events } = door({ realm: 'staff' });
    const { accessToken } = await auth.tokens.issue(aliceRow(), { authentication, refresh: false });
    const { jti } = decodeJwt(accessToken);
    expect(events).toEqual([
      { name: 'token.issued', userId: 1, tokenId: jti, realm: 'staff', at: new Date(startOfTime * 1000) },
    ]);
    for (const part of accessToken.split('.')) expect(JSON.stringify(events)).not.toContain(part);
    await expect(auth.tokens.verify(String(jti))).rejects.toMatchObject(refused('ERR_TOKEN_INVALID'));
  });

  it('holds nothing of the keys but the name of the one that signed', async () => {
    const { auth } = door({ tokens: { keys: [{ algorithm: 'ES256', key: keysFor('ES256').privateKey }] } });
    const { accessToken } = await auth.tokens.issue(aliceRow());
    expect(Object.keys(decodeProtectedHeader(accessToken)).sort()).toEqual(['alg', 'kid', 'typ']);
  });
});
