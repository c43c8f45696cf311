/** An application that imports one entry and requires another has two copies of this package. */

import express from 'express';
import session from 'express-session';
import passportModule from 'passport';
import request, { agent } from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import * as firstExpress from '../../src/express/index.ts';
import { createAuth } from '../../src/index.ts';
import * as firstPassport from '../../src/passport/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { userTable } from '../support/user-table.ts';

vi.resetModules();
const secondExpress = await import('../../src/express/index.ts');
const secondPassport = await import('../../src/passport/index.ts');

const first = { ...firstExpress, ...firstPassport };
const second: typeof first = { ...secondExpress, ...secondPassport };

/** An application with these names from the second copy, and a browser that has not logged in. */
function shop(names: readonly (keyof typeof first)[]) {
  const ours = { ...first, ...Object.fromEntries(names.map((name) => [name, second[name]])) } as typeof first;
  const users = userTable({ key: 1, login: 'adm', hash: 'plain:1:123' });
  const findById = vi.spyOn(users, 'findById');
  const auth = createAuth({ users, secret: secretA, issuer, hasher: countingHasher() });
  const passport = new passportModule.Passport();
  passport.use(new ours.LocalStrategy(auth));
  ours.serializeSessions(passport, auth);
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  const store = new session.MemoryStore();
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false, store }));
  app.use(passport.session());
  app.post('/login', passport.authenticate('local'), (_req, res) => {
    res.send('in');
  });
  app.get('/me', ours.requireAuth(auth), (req, res) => {
    res.json(ours.getAuth(req));
  });
  app.post('/logout', (req, res, next) => {
    ours.logOut(req).then(() => res.send('out'), next);
  });
  const { signIn, signOut } = ours.sessionLogin(auth);
  app.post('/session', (req, res, next) => {
    auth
      .login({ identifier: 'adm', password: '123' })
      .then((result) => {
        if (result.status !== 'signed-in') throw new Error(result.status);
        return signIn(req, result.user, result.authentication);
      })
      .then(() => res.send('in'), next);
  });
  app.delete('/session', (req, res, next) => {
    signOut(req).then(() => res.send('out'), next);
  });
  // Passport's own, which knows nothing of the session that it replaces.
  app.post('/vouch', ours.requireAuth(auth), (req, res, next) => {
    req.logIn(req.user as Express.User, (error) => (error ? next(error) : res.send('in')));
  });
  return { app, browser: agent(app), store, findById };
}

/** A browser that has logged in to an application with these names from the second copy. */
async function signedIn(names: readonly (keyof typeof first)[]) {
  const web = shop(names);
  await web.browser.post('/login').type('form').send({ username: 'adm', password: '123' }).expect(200);
  web.findById.mockClear();
  return web;
}

type Shop = ReturnType<typeof shop>;

/** What is stored now, to be written back later: by a slow request that had it in hand. */
function slowRequest({ store }: Pick<Shop, 'store'>) {
  const stored = Object.entries(sessionsOf(store));
  expect(stored).toHaveLength(1);
  return {
    end: () => {
      for (const [id, text] of stored) sessionsOf(store)[id] = text;
    },
  };
}

/** Where express-session's own store keeps its texts. */
function sessionsOf(store: object): Record<string, string> {
  return Reflect.get(store, 'sessions') as Record<string, string>;
}

const mixed = [
  ['LocalStrategy'],
  ['serializeSessions'],
  ['requireAuth'],
  ['getAuth'],
  ['logOut'],
  ['requireAuth', 'getAuth'],
  ['sessionLogin'],
] as const;

it.each(mixed.map((names) => [names]))('resumes once with %s of another copy', async (names) => {
  const { browser, findById } = await signedIn(names);
  await browser.get('/me').expect(200);
  expect(findById).toHaveBeenCalledOnce();
});

it.each(mixed.map((names) => [names]))(
  'knows how the user signed in with %s of another copy',
  async (names) => {
    const { browser } = await signedIn(names);
    expect((await browser.get('/me')).body).toMatchObject({ amr: ['pwd'] });
  },
);

it.each(mixed.map((names) => [names]))('signs out with %s of another copy', async (names) => {
  const { browser } = await signedIn(names);
  await browser.post('/logout').expect(200);
  await browser.get('/me').expect(401);
});

describe.each(mixed.map((names) => [names]))(
  'what a slow request writes back with %s of another copy',
  (names) => {
    const login = { username: 'adm', password: '123' };
    const byPassport = (browser: Shop['browser']) => browser.post('/login').type('form').send(login);
    const bySession = (browser: Shop['browser']) => browser.post('/session');

    it.each([
      { start: byPassport, end: (browser: Shop['browser']) => browser.post('/logout'), what: 'logOut' },
      { start: byPassport, end: byPassport, what: 'a login by LocalStrategy' },
      {
        start: byPassport,
        end: (browser: Shop['browser']) => browser.post('/vouch'),
        what: "Passport's logIn",
      },
      { start: bySession, end: (browser: Shop['browser']) => browser.delete('/session'), what: 'signOut' },
      { start: bySession, end: bySession, what: 'signIn' },
      {
        start: bySession,
        end: (browser: Shop['browser']) => browser.post('/vouch'),
        what: "Passport's logIn over a session of sessionLogin",
      },
    ])('signs in no more after $what', async ({ start, end }) => {
      const web = shop(names);
      const { browser } = web;
      const cookie = cookieOf(await start(browser).expect(200));
      const slow = slowRequest(web);
      await request(web.app).get('/me').set('cookie', cookie).expect(200);
      await end(browser).expect(200);
      slow.end();
      await request(web.app).get('/me').set('cookie', cookie).expect(401);
    });
  },
);

function cookieOf({ headers }: { readonly headers: Record<string, unknown> }): string {
  return String(headers['set-cookie']).split(';')[0] ?? '';
}
