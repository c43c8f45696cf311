import express from 'express';
import session from 'express-session';
import passportModule from 'passport';
import { agent } from 'supertest';
import { describe, expect, it } from 'vitest';
import { requireAuth } from '../../src/express/index.ts';
import { createAuth } from '../../src/index.ts';
import { LocalStrategy, serializeSessions } from '../../src/passport/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { type Row, userTable } from '../support/user-table.ts';

const make = () => {
  const users = userTable(
    { key: 1, login: 'adm', hash: 'plain:1:123' },
    { key: 2, login: 'bob', hash: 'plain:1:456' },
  );
  return { users, auth: createAuth({ users, secret: secretA, issuer, hasher: countingHasher() }) };
};

describe('serializeSessions', () => {
  const refused = expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'serializeSessions' });

  it('refuses a Passport instance that another createAuth has', () => {
    const passport = new passportModule.Passport();
    serializeSessions(passport, make().auth);
    expect(() => serializeSessions(passport, make().auth)).toThrow(refused);
  });

  it.each(['serializeUser', 'deserializeUser'] as const)('refuses one that has a %s of its own', (method) => {
    const passport = new passportModule.Passport();
    if (method === 'serializeUser') passport.serializeUser((_user, done) => done(null));
    else passport.deserializeUser((_id, done) => done(null));
    expect(() => serializeSessions(passport, make().auth)).toThrow(refused);
  });
});

it('ends the session before a login also where passport.session() is not mounted', async () => {
  const { auth } = make();
  const passport = new passportModule.Passport();
  passport.use(new LocalStrategy(auth));
  serializeSessions(passport, auth);
  const store = new session.MemoryStore();
  const stored = (store as unknown as { sessions: Record<string, string> }).sessions;
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false, store }));
  app.post('/login', passport.authenticate('local'), (_req, res) => {
    res.send('in');
  });
  app.get('/me', requireAuth(auth), (_req, res) => {
    res.send('me');
  });
  const browser = agent(app);
  const form = { username: 'adm', password: '123' };
  const login = await browser.post('/login').type('form').send(form).expect(200);
  const [cookie = ''] = login.headers['set-cookie'] as unknown as string[];
  const [[id, saved] = ['', '']] = Object.entries(stored);
  await browser.post('/login').type('form').send(form).expect(200);
  stored[id] = saved;
  const { status } = await agent(app)
    .get('/me')
    .set('Cookie', cookie.split(';')[0] ?? '');
  expect(status).toBe(401);
});

it('ends the session before a login by another strategy, whatever a slow request saves', async () => {
  const { users, auth } = make();
  const passport = new passportModule.Passport();
  passport.use(new LocalStrategy(auth));
  serializeSessions(passport, auth);
  const store = new session.MemoryStore();
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false, store }));
  app.use(passport.session());
  app.post('/login', passport.authenticate('local'), (_req, res) => {
    res.send('in');
  });
  app.post('/provider', (req, _res, next) => req.logIn(users.rows[1] as Row, next));
  app.get('/me', requireAuth(auth), (req, res) => {
    res.send((req.user as Row).login);
  });
  const browser = agent(app);
  const login = await browser.post('/login').type('form').send({ username: 'adm', password: '123' });
  const [cookie = ''] = login.headers['set-cookie'] as unknown as string[];
  const [[id, saved] = ['', '']] = Object.entries(
    (store as unknown as { sessions: Record<string, string> }).sessions,
  );
  await browser.post('/provider');
  expect((await browser.get('/me')).text).toBe('bob');
  (store as unknown as { sessions: Record<string, string> }).sessions[id] = saved;
  const { status } = await agent(app)
    .get('/me')
    .set('Cookie', cookie.split(';')[0] ?? '');
  expect(status).toBe(401);
});

it('goes on after a callback that throws what it is handed', async () => {
  const { auth } = make();
  const passport = new passportModule.Passport();
  passport.use(new LocalStrategy(auth));
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  const thrown: unknown[] = [];
  app.post('/login', (req, res, next) => {
    passport.authenticate('local', (error: unknown) => {
      thrown.push(error);
      res.sendStatus(500);
      throw error;
    })(req, res, next);
  });
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  const form = { username: 'adm', password: '123' };
  const answer = await agent(app)
    .post('/login')
    .set('Origin', 'https://evil.example')
    .type('form')
    .send(form);
  expect(answer.status).toBe(500);
  expect(await warned).toMatchObject({ code: 'OSTIARY_CALLBACK_FAILED' });
  expect(thrown).toMatchObject([{ code: 'ERR_CSRF_REJECTED' }]);
});
