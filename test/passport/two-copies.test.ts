/** An application that imports one entry and requires another has two copies of this package. */

import express from 'express';
import session from 'express-session';
import passportModule from 'passport';
import { agent } from 'supertest';
import { expect, it, vi } from 'vitest';
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

/** A browser that has logged in to an application with these names from the second copy. */
async function signedIn(names: readonly (keyof typeof first)[]) {
  const ours = { ...first, ...Object.fromEntries(names.map((name) => [name, second[name]])) } as typeof first;
  const users = userTable({ key: 1, login: 'adm', hash: 'plain:1:123' });
  const findById = vi.spyOn(users, 'findById');
  const auth = createAuth({ users, secret: secretA, issuer, hasher: countingHasher() });
  const passport = new passportModule.Passport();
  passport.use(new ours.LocalStrategy(auth));
  ours.serializeSessions(passport, auth);
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
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
  const browser = agent(app);
  await browser.post('/login').type('form').send({ username: 'adm', password: '123' }).expect(200);
  findById.mockClear();
  return { browser, findById };
}

const mixed = [
  ['LocalStrategy'],
  ['serializeSessions'],
  ['requireAuth'],
  ['getAuth'],
  ['logOut'],
  ['requireAuth', 'getAuth'],
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
