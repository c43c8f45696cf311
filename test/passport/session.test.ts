import { agent } from 'supertest';
import { describe, expect, it } from 'vitest';
import { createAuth } from '../../src/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions, passportApp } from '../support/passport-app.ts';
import { userTable } from '../support/user-table.ts';

describe.each(expressVersions)('Passport on Express $version', ({ express }) => {
  const make = () => {
    const users = userTable({ key: 1, login: 'adm', hash: 'plain:1:123', roles: ['admin'] });
    const auth = createAuth({ users, secret: secretA, issuer, hasher: countingHasher() });
    return { users, auth, ...passportApp(express, auth) };
  };

  it('signs in, guards and signs out', async () => {
    const { app } = make();
    const browser = agent(app);
    await browser.get('/me').expect(401).expect('WWW-Authenticate', `Bearer realm="${issuer}"`);
    await browser.get('/page').set('Accept', 'text/html').expect(302).expect('Location', '/login');
    const refused = await browser.post('/login').type('form').send({ username: 'adm', password: 'wrong' });
    expect([refused.status, refused.headers['location']]).toEqual([302, '/login?fail=true']);
    expect((await browser.get('/messages')).body).toEqual(['Incorrect username or password']);
    await browser
      .post('/login')
      .type('form')
      .send({ username: 'adm', password: '123' })
      .expect(302)
      .expect('Location', '/');
    const me = await browser.get('/me').expect(200);
    expect(me.body).toMatchObject({
      id: '1',
      passport: true,
      auth: { via: 'session', sub: '1', roles: ['admin'], amr: ['pwd'] },
    });
    await browser.post('/orders').expect(200);
    await browser.post('/orders').set('Origin', 'https://evil.example').expect(403);
    await browser.post('/logout').expect(302);
    await browser.get('/me').expect(401);
  });
});
