/** Ways around a guard with a token, with a session, or with both. */

import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { fromBearer, fromCookie, fromHeader, requireAuth } from '../../src/express/index.ts';
import { type AccessClaims, AuthError, type TokenService } from '../../src/index.ts';
import { door } from '../support/door.ts';
import { issuer } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { guardedPaths, shown, type TokenAppOptions, tokenApp } from '../support/token-app.ts';
import type { Row } from '../support/user-table.ts';

const invalid = `Bearer realm="${issuer}", error="invalid_token"`;
const methods = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'] as const;
const adm = 1;
const bob = 2;

describe.each(expressVersions)('a guard on Express $version', ({ express }) => {
  const make = (options: TokenAppOptions = {}) => tokenApp(express, options);

  describe('with a session and a token', () => {
    it('goes by the token', async () => {
      const { signedIn, token, table, state } = make();
      const browser = await signedIn(adm);
      const text = await token(bob);
      table.calls.length = 0;
      state.calls.length = 0;
      const { body } = await browser.get('/page', shown(text));
      expect([body.auth.via, body.auth.sub, body.user]).toEqual(['bearer', '2', null]);
      // The session is not even looked at: one read is the token's.
      expect([table.calls, state.calls]).toEqual([[], ['get revocation']]);
    });

    it.each([
      ['no token of ours', 'Bearer a.b.c'],
      ['a broken header', 'Bearer'],
    ])('is not content with the session when the token is %s', async (_what, Authorization) => {
      for (const optional of [false, true]) {
        const browser = await make({ guards: [{ optional }] }).signedIn();
        const { status, headers } = await browser.get('/page', { Authorization });
        expect([status, headers['www-authenticate']]).toEqual([401, invalid]);
        expect((await browser.get('/page')).status).toBe(200);
      }
    });

    it('is not content with the session when the token was revoked', async () => {
      const { signedIn, token, auth } = make({ guards: [{ optional: true }] });
      const browser = await signedIn(adm);
      const text = await token(adm);
      await auth.tokens.revoke(text);
      expect((await browser.get('/page', shown(text))).body.code).toBe('ERR_TOKEN_REVOKED');
    });

    it('is not content with the role of the session, or the scope of the token', async () => {
      const { signedIn, token } = make({ guards: [{ role: 'admin' }] });
      const browser = await signedIn(adm);
      expect((await browser.get('/page', shown(await token(bob)))).status).toBe(403);
      expect((await browser.get('/page')).status).toBe(200);
    });

    it('goes by the session where the header is of another scheme', async () => {
      const browser = await make().signedIn();
      expect((await browser.get('/page', { Authorization: 'Basic YTpi' })).body.auth.via).toBe('session');
    });
  });

  it.each(methods)('lets no %s past, also not a preflight of another site', async (method) => {
    const rules = [{}, { role: 'admin' }, { scope: 'read' }, { maxAge: '1h' }] as const;
    for (const rule of rules) {
      const { ask, token } = make({ guards: [rule] });
      const preflight = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
      expect((await ask(preflight, { method })).status).toBe(401);
      expect((await ask({ ...preflight, ...shown('a.b.c') }, { method })).status).toBe(401);
      const known = await ask({ ...preflight, ...shown(await token(bob)) }, { method });
      expect(known.status === 200).toBe(Object.keys(rule).length === 0);
    }
  });

  describe('after other middleware', () => {
    const plant: RequestHandler = (req, _res, next) => {
      const planted = { sub: '1', roles: ['admin'], scope: 'read', auth_time: 4_000_000_000, via: 'bearer' };
      Object.assign(req, { user: { key: 1, roles: ['admin'] }, auth: planted, authInfo: planted });
      Object.assign(req, { token: 'a.b.c', isAuthenticated: () => true });
      next();
    };

    it('does not believe it', async () => {
      const { ask, token } = make({ before: plant, guards: [{ role: 'admin' }] });
      expect((await ask()).status).toBe(401);
      expect((await ask(shown(await token(bob)))).status).toBe(403);
    });

    it('leaves none of its user beside a token', async () => {
      const { ask, token } = make({ before: plant });
      const { body } = await ask(shown(await token(bob)));
      expect([body.user, body.auth.sub, body.auth.roles]).toEqual([null, '2', ['administrator']]);
    });

    it.each([
      ['no token', async () => ({})],
      ['a bad token', async () => shown('a.b.c')],
      ['two tokens', async () => ({ ...shown('a'), cookie: 'token=b' })],
      ['a token without the role', async (token: string) => shown(token)],
    ])('leaves none of its user for an error page: %s', async (_what, headersOf) => {
      const { auth, token } = make();
      const { Authorization: authorization, ...headers } = (await headersOf(await token(bob))) as Record<
        string,
        string
      >;
      const req = { method: 'GET', headers: { authorization, ...headers }, user: 'planted', auth: 'planted' };
      const guard = requireAuth(auth, { role: 'admin', from: [fromBearer(), fromCookie('token')] });
      const error = await new Promise((resolve) => guard(req as never, {} as never, resolve));
      expect([AuthError.is(error), req.user, req.auth]).toEqual([true, undefined, undefined]);
    });
  });

  describe('with what a token says of itself', () => {
    it.each([
      ['via', { via: 'session' }],
      ['roles', { roles: ['admin'] }],
      ['scope', { scope: 'read' }],
      ['auth_time', { auth_time: 4_000_000_000 }],
      ['__proto__', JSON.parse('{"__proto__":{"roles":["admin"],"scope":"read"}}')],
    ])('cannot be told %s by the host’s own claims', async (_what, claims) => {
      const { token } = make();
      await expect(token(bob, { claims })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    });

    /** A service of the host's that answers these claims for every token. */
    const served = (claims: object, guard: object) => {
      const { issue, refresh, revoke, revokeAll, jwks } = door().auth.tokens;
      const verify: TokenService<Row>['verify'] = async () => claims as AccessClaims;
      const tokenService = { issue, refresh, verify, revoke, revokeAll, jwks };
      return make({ guards: [guard], parts: { tokenService, tokens: undefined as never } });
    };

    it.each([
      [{ role: 'admin' }, { roles: 'admin' }],
      [{ role: 'admin' }, { roles: 'administrator' }],
      [{ role: 'admin' }, { roles: { admin: true } }],
      [{ role: 'admin' }, { role: 'admin' }],
      [{ role: 'toString' }, {}],
      [{ scope: 'read' }, { scope: ['read'] }],
      [{ scope: 'read' }, { scope: 'reader' }],
      [{ scope: 'read' }, { scopes: 'read' }],
      [{ scope: 'constructor' }, {}],
      [{ maxAge: '1h' }, { auth_time: '1767225600' }],
      [{ maxAge: '1h' }, { auth_time: 4_000_000_000 }],
      [{ maxAge: '1h' }, { auth_time: Number.NaN }],
      [{ maxAge: '1h' }, { iat: 1_767_225_600 }],
    ])('asked for %j is not content with %j', async (guard, claims) => {
      const allowed = { roles: ['admin', 'toString'], scope: 'read constructor', auth_time: 1_767_225_600 };
      expect((await served({ sub: '2', ...allowed }, guard).ask(shown('a'))).status).toBe(200);
      expect((await served({ sub: '2', ...claims }, guard).ask(shown('a'))).status).not.toBe(200);
      // Nor with what only the prototype of the claims has.
      const inherited = Object.assign(Object.create(allowed), { sub: '2' });
      expect((await served(inherited, guard).ask(shown('a'))).status).not.toBe(200);
    });

    it('is known by a token, whatever a service of the host’s says', async () => {
      const { ask } = served({ sub: '2', via: 'session' }, {});
      expect((await ask(shown('a'))).body.auth).toEqual({ sub: '2', via: 'bearer' });
    });
  });

  describe('while the state store is down', () => {
    it.each(guardedPaths)('says 503 and not 401, at %s', async (path) => {
      const { ask, token, state } = make({ guards: [{ optional: true }] });
      const text = await token();
      state.failing.add('get');
      const { status, headers, body } = await ask(shown(text), { path });
      expect([status, headers['retry-after'], headers['www-authenticate'], body.code]).toEqual([
        503,
        '1',
        undefined,
        'ERR_STATE_UNAVAILABLE',
      ]);
      expect((await ask(shown('a.b.c'), { path })).status).toBe(401);
    });

    it('goes by the guard: one lets in and says so, another does not', async () => {
      const [accept, refuse] = ['accept', 'refuse'] as const;
      const made = make({ guards: [{ ifStateUnavailable: accept }] });
      made.app.get('/strict', requireAuth(made.auth, { ifStateUnavailable: refuse }) as RequestHandler);
      const text = await made.token();
      made.state.failing.add('get');
      expect((await made.ask(shown(text))).status).toBe(200);
      expect(made.events.at(-1)).toMatchObject({ name: 'token.accepted-unchecked', userId: 1 });
      expect((await made.ask(shown(text), { path: '/strict' })).status).toBe(503);
    });

    it('lets no expired and no forged token in, and none that is known to be dead', async () => {
      const { ask, token, state, auth, clock } = make({ guards: [{ ifStateUnavailable: 'accept' }] });
      const [dead, old] = [await token(), await token()];
      await auth.tokens.revoke(dead);
      expect((await ask(shown(dead))).status).toBe(401);
      state.failing.add('get');
      expect((await ask(shown(dead))).body.code).toBe('ERR_TOKEN_REVOKED');
      expect((await ask(shown('a.b.c'))).status).toBe(401);
      clock.advance(300);
      expect((await ask(shown(old))).body.code).toBe('ERR_TOKEN_EXPIRED');
    });

    it('lets no session in by a guard that accepts tokens', async () => {
      const { signedIn, state } = make({ guards: [{ ifStateUnavailable: 'accept' }] });
      const browser = await signedIn();
      state.failing.add('get');
      expect((await browser.get('/page')).status).toBe(503);
    });
  });

  it('knows of a revocation at once, or as late as the guard says', async () => {
    const made = make({ guards: [{ maxStaleness: 60 }] });
    made.app.get('/now', requireAuth(made.auth) as RequestHandler, (_req, res) => {
      res.send('in');
    });
    const elsewhere = door({ table: made.table, state: made.state, clock: made.clock });
    const text = await made.token();
    expect((await made.ask(shown(text))).status).toBe(200);
    await elsewhere.auth.tokens.revoke(text);
    made.clock.advance(59);
    expect((await made.ask(shown(text))).status).toBe(200);
    made.clock.advance(1);
    expect((await made.ask(shown(text))).status).toBe(401);
    expect((await made.ask(shown(text), { path: '/now' })).status).toBe(401);
  });

  it('loses a role at once with loadUser, and without it when the token ends', async () => {
    const { ask, token, table, clock } = make({ guards: [{ role: 'admin' }] });
    const strict = make({ guards: [{ role: 'admin', loadUser: true }], parts: { table } });
    const [text, same] = [await token(), await strict.token()];
    Object.assign(table.rows[0] ?? {}, { roles: [] });
    expect([(await ask(shown(text))).status, (await strict.ask(shown(same))).status]).toEqual([200, 403]);
    clock.advance(300);
    expect((await ask(shown(text))).status).toBe(401);
  });

  it('hands a rejection of anything on: never next() and never next("route")', async () => {
    for (const thrown of [undefined, null, 'route', 'router', 0, new AuthError('ERR_TOKEN_INVALID', 'no')]) {
      const tokens = { verify: () => Promise.reject(thrown) };
      const handed = await new Promise((resolve) => {
        requireAuth({ tokens }, { optional: true })(
          { method: 'GET', headers: { authorization: 'Bearer a' } } as never,
          {} as never,
          resolve,
        );
      });
      expect(handed).toBeInstanceOf(Error);
    }
  });

  it('hands on what a function of the host’s throws, and lets nobody in', async () => {
    const thrower = () => {
      throw new Error('of the host');
    };
    for (const from of [thrower, [fromHeader('x'), thrower], () => 7 as never, async () => 'a' as never]) {
      const { ask, errors } = make({ guards: [{ optional: true, from: from as never }] });
      expect([(await ask()).status, errors.length]).toEqual([500, 1]);
    }
  });
});

describe.each(expressVersions)('two kinds of users on Express $version', ({ express }) => {
  it('have tokens of their own, though they share the secret, the state and the ids', async () => {
    const customers = tokenApp(express);
    const { state, table, clock } = customers;
    const staff = tokenApp(express, { parts: { state, table, clock, realm: 'staff' } });
    const [one, other] = [await customers.token(), await staff.token()];
    for (const path of guardedPaths) {
      expect((await customers.ask(shown(one), { path })).status).toBe(200);
      expect((await staff.ask(shown(other), { path })).status).toBe(200);
      expect((await customers.ask(shown(other), { path })).status).toBe(401);
      expect((await staff.ask(shown(one), { path })).status).toBe(401);
    }
  });
});
