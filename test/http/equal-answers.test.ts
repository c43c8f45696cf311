/** Every way in answers an unknown, a wrong, a disabled and a passwordless user alike. */

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/index.ts';
import { webApps } from '../support/web-app.ts';

const people: readonly (readonly [string, string, string])[] = [
  ['a wrong password', 'adm', 'wrong'],
  ['an unknown name', 'nobody', 'wrong'],
  ['an unknown name with the form of an address', 'nobody@shop.example', 'wrong'],
  ['a disabled account', 'gone', 'wrong'],
  ['a disabled account and its right password', 'gone', '789'],
  ['an account without a password', 'empty', 'wrong'],
  ['an account with a hash that nobody reads', 'foreign', 'wrong'],
  ['a password of 1,024 characters', 'adm', 'x'.repeat(1024)],
  ['an unknown name and a password of 1,024 characters', 'nobody', 'x'.repeat(1024)],
];

describe.each(webApps)('a refused login with $adapter on Express $version', ({ make }) => {
  const attempt = async (username: string, password: string) => {
    const web = make();
    web.users.rows.push(
      { key: 8, login: 'empty', hash: null },
      { key: 9, login: 'foreign', hash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA' },
    );
    const sent = request(web.app).post('/login').type('form').send({ username, password });
    const { status, text, headers } = await sent;
    const { date, ...rest } = headers as Record<string, string>;
    return {
      status,
      text,
      headers: rest,
      comparisons: web.hasher.verified.length,
      hashes: web.hasher.hashed.length,
      userCalls: web.users.calls,
      stateCalls: web.state.calls,
      stored: web.sessions.stored(),
    };
  };

  it.each(people.slice(1))('is the same for %s as for a wrong password', async (_who, username, password) => {
    const expected = await attempt('adm', 'wrong');
    expect(expected).toMatchObject({ status: 401, comparisons: 1, hashes: 0, stored: {} });
    expect(await attempt(username, password)).toEqual(expected);
  });
});

describe.each(webApps.slice(0, 1))('a refused login in the core', ({ make }) => {
  it.each(people)('is one error for %s', async (_who, identifier, password) => {
    const { auth, hasher, users } = make();
    const error = await auth.login({ identifier, password }).catch((reason: unknown) => reason);
    expect(AuthError.is(error, 'ERR_LOGIN_REJECTED')).toBe(true);
    expect([String(error), Object.keys(error as object), hasher.verified.length, users.calls]).toEqual([
      'AuthError: Incorrect username or password',
      ['code', 'name'],
      1,
      ['findByIdentifier'],
    ]);
  });
});
