import type express5 from 'express';
import type { RequestHandler } from 'express';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { fromBearer, fromHeader } from '../../src/express/index.ts';
import { oldSecret, oldToken, secondsUntil, tutorial } from '../support/legacy-door.ts';
import { expressVersions } from '../support/passport-app.ts';
import { startOfTime } from '../support/raw-jws.ts';
import { guardedPaths, shown, type TokenAppOptions, tokenApp } from '../support/token-app.ts';

vi.spyOn(process, 'emitWarning').mockReturnValue();

/** The tutorial's API before the deployment, by the clock of the tests. */
function oldApp(express: typeof express5): express5.Express {
  const verifyJWT: RequestHandler = (req, res, next) => {
    const token = String(req.headers['x-access-token']);
    jwt.verify(token, oldSecret, { clockTimestamp: startOfTime }, (err, decoded) => {
      Object.assign(req, { userId: err ? undefined : Reflect.get(decoded as object, 'id') });
      if (err) res.status(500).json({ auth: false });
      else next();
    });
  };
  const app = express();
  app.post('/login/:id', (req, res) => {
    res.json({
      token: jwt.sign({ id: Number(req.params.id), iat: startOfTime }, oldSecret, { expiresIn: '7d' }),
    });
  });
  app.all('/page', verifyJWT, (req, res) => {
    res.json({ id: Reflect.get(req, 'userId') });
  });
  return app;
}

const from = [fromBearer(), fromHeader('x-access-token')];
const cases = expressVersions.flatMap(({ version, express }) =>
  guardedPaths.map((path) => ({ version, express, path })),
);

describe.each(cases)('a deployment on Express $version, at $path', ({ express, path }) => {
  const newApp = (options: TokenAppOptions = {}, legacy: object = {}) =>
    tokenApp(express, {
      guards: [{ from }],
      strategy: { from },
      parts: { tokens: { legacy: [{ ...tutorial, ...legacy }] } },
      ...options,
    });

  it('signs nobody out: who had a token before goes on with it', async () => {
    const before = oldApp(express);
    const tokens = await Promise.all(
      [1, 2].map(async (id) => String((await request(before).post(`/login/${id}`)).body.token)),
    );
    const after = newApp();
    for (const [index, token] of tokens.entries()) {
      const headers = { 'x-access-token': token };
      expect((await request(before).get('/page').set(headers)).body).toEqual({ id: index + 1 });
      const { status, body } = await after.ask(headers, { path });
      expect([status, body.auth.sub]).toEqual([200, String(index + 1)]);
      expect((await after.ask(shown(token), { path })).status).toBe(200);
    }
    const accepted = after.events.filter(({ name }) => name === 'token.legacy-accepted');
    expect(accepted).toMatchObject([{ userId: 1 }, { userId: 1 }, { userId: 2 }, { userId: 2 }]);
  });

  it('lets the new ones in beside them, and ends both by a logout', async () => {
    const { ask, token, auth } = newApp();
    for (const each of [oldToken(), await token(1)]) {
      expect((await ask({ 'x-access-token': each }, { path })).status).toBe(200);
      await auth.tokens.revoke(each);
      const { status, headers } = await ask({ 'x-access-token': each }, { path });
      expect([status, headers['www-authenticate']]).toEqual([401, expect.stringMatching(/^Bearer /)]);
    }
  });

  it('refuses the old ones from the day on that it names, also those that it has seen', async () => {
    const { ask, clock } = newApp();
    clock.advance(secondsUntil - 1);
    expect((await ask(shown(oldToken()), { path })).status).toBe(200);
    clock.advance(1);
    expect((await ask(shown(oldToken()), { path })).status).toBe(401);
  });

  it('answers a function that is wrong with 500, and lets nobody in', async () => {
    const { ask, events } = newApp({}, { claims: async () => ({ sub: 1 }) });
    const { status, text } = await ask(shown(oldToken()), { path });
    expect([status, events]).toEqual([500, []]);
    expect(text).not.toContain('claims');
  });
});

describe.each(expressVersions)('a guard on Express $version, of a token from before', ({ express }) => {
  const app = (guard: object, legacy: object = {}) =>
    tokenApp(express, {
      guards: [guard],
      parts: { tokens: { legacy: [{ ...tutorial, ...legacy }] } },
    });
  const payload = { id: 1, scope: 'read', roles: ['admin'], auth_time: startOfTime };
  const copying = {
    claims: (given: typeof payload) => {
      const { id: sub, scope, roles, auth_time } = given;
      return { sub, scope, roles, auth_time };
    },
  };

  it.each([
    [{ scope: 'read' }, 403],
    [{ role: 'admin' }, 403],
    [{ maxAge: '1h' }, 401],
  ] as const)('with %j asks for what only the function can give', async (guard, refusal) => {
    expect((await app(guard).ask(shown(oldToken(payload)))).status).toBe(refusal);
    expect((await app(guard, copying).ask(shown(oldToken(payload)))).status).toBe(200);
  });

  it.each([startOfTime - 3601, startOfTime + 60, startOfTime * 1000])(
    'with maxAge refuses a login at %i: too long ago, or not yet',
    async (auth_time) => {
      const { ask } = app({ maxAge: '1h' }, copying);
      expect((await ask(shown(oldToken({ ...payload, auth_time })))).status).toBe(401);
    },
  );

  it('with loadUser refuses who is gone or has been disabled', async () => {
    const { ask, table } = app({ loadUser: true });
    expect((await ask(shown(oldToken()))).body.user).toMatchObject({ key: 1 });
    expect((await ask(shown(oldToken({ id: 9 })))).status).toBe(401);
    Object.assign(table.rows[0] ?? {}, { state: 'disabled' });
    expect((await ask(shown(oldToken()))).status).toBe(401);
  });
});
