import { describe, expect, it } from 'vitest';
import { answered, type Challenge, httpAnswerOf, problemOf } from '../../src/http/problem.ts';
import { AuthError, type AuthErrorCode, ConfigError, PasswordError, TakenError } from '../../src/index.ts';

const issuer = 'https://shop.example';
const challengeFor = (code: AuthErrorCode, challenge: Partial<Challenge> = {}) =>
  httpAnswerOf(new AuthError(code, 'secret'), { issuer, ...challenge }).headers['WWW-Authenticate'];

describe('the challenge (RFC 6750 §3)', () => {
  it.each([
    ['ERR_TOKEN_MISSING', ''],
    ['ERR_LOGIN_REJECTED', ''],
    ['ERR_TOKEN_INVALID', ', error="invalid_token"'],
    ['ERR_TOKEN_EXPIRED', ', error="invalid_token"'],
    ['ERR_TOKEN_REVOKED', ', error="invalid_token"'],
    ['ERR_REQUEST_AMBIGUOUS', ', error="invalid_request"'],
    ['ERR_ACCESS_SCOPE', ', error="insufficient_scope"'],
    ['ERR_ACCESS_STALE', ', error="insufficient_user_authentication"'],
  ] as const)('of %s is realm%s', (code, error) => {
    expect(challengeFor(code)).toBe(`Bearer realm="${issuer}"${error}`);
  });

  it.each([
    'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE',
    'ERR_ACCOUNT_IDENTIFIER_TAKEN',
    'ERR_ACCOUNT_LINK_INVALID',
    'ERR_ACCESS_ROLE',
    'ERR_CSRF_REJECTED',
    'ERR_INPUT_INVALID',
    'ERR_STATE_UNAVAILABLE',
    'ERR_SERVER_BUSY',
    'ERR_CONFIG_INVALID',
  ] as const)('is not there for %s, which no token would mend', (code) => {
    expect(challengeFor(code)).toBeUndefined();
  });

  it('names the scopes and the age that are asked for', () => {
    expect(challengeFor('ERR_ACCESS_SCOPE', { scope: 'read write' })).toBe(
      `Bearer realm="${issuer}", error="insufficient_scope", scope="read write"`,
    );
    expect(challengeFor('ERR_ACCESS_STALE', { maxAgeSeconds: 600 })).toBe(
      `Bearer realm="${issuer}", error="insufficient_user_authentication", max_age="600"`,
    );
  });

  it.each([
    ['a quote', 'shop", error="none'],
    ['a backslash', 'shop\\'],
    ['a line break', 'shop\r\nSet-Cookie: a=1'],
    ['a letter that headers cannot hold', 'shóp ☃'],
    ['NUL', 'shop\0'],
  ])('cannot be ended by %s in a name', (_what, name) => {
    const told = challengeFor('ERR_ACCESS_SCOPE', { issuer: name, scope: name }) ?? '';
    expect(told).toMatch(
      /^Bearer realm="[\x20\x21\x23-\x5B\x5D-\x7E]*", error="insufficient_scope", scope="[\x20\x21\x23-\x5B\x5D-\x7E]*"$/,
    );
  });

  it('names no parameter twice', () => {
    const told = challengeFor('ERR_ACCESS_STALE', { scope: 'read', maxAgeSeconds: 1 }) ?? '';
    const names = [...told.matchAll(/(\w+)="/g)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the problem document', () => {
  it('of a password has the reasons for programs and the words for a form', () => {
    const error = new PasswordError(['too-short'], { password: 'must have at least 15 characters' });
    expect(problemOf(error)).toEqual({
      type: 'about:blank',
      title: 'Unprocessable Content',
      status: 422,
      code: 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE',
      reasons: ['too-short'],
      fields: { password: 'must have at least 15 characters' },
    });
  });

  it('of an identifier that is taken has its field, and no identifier', () => {
    expect(problemOf(new TakenError('newEmail'))).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      code: 'ERR_ACCOUNT_IDENTIFIER_TAKEN',
      fields: { newEmail: 'is taken' },
    });
  });

  it('of a link has no reason in it: each would tell whether there is an account', () => {
    expect(problemOf(new AuthError('ERR_ACCOUNT_LINK_INVALID', 'used'))).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      code: 'ERR_ACCOUNT_LINK_INVALID',
    });
  });

  it.each(['reasons', 'fields'])('has no %s that are none', (name) => {
    const error = Object.assign(new AuthError('ERR_ACCOUNT_LINK_INVALID', 'none'), { [name]: 'text' });
    expect(problemOf(error)).not.toHaveProperty(name);
  });
});

describe('an error that is answered', () => {
  it.each([
    { status: 200, statusCode: 200, headers: {} },
    { headers: { 'X-From': 'a store' } },
    { status: 401, headers: undefined },
    { status: 401, headers: null },
    { status: 500, headers: {} },
    Object.freeze({ status: 200, headers: {} }),
  ])('has the status of its code, whatever a store has put on it: %j', (planted) => {
    const error = Object.assign(new AuthError('ERR_TOKEN_MISSING', 'none'), planted);
    const given = Object.isFrozen(planted) ? Object.freeze(error) : error;
    expect(answered(given, { issuer })).toMatchObject({
      status: 401,
      statusCode: 401,
      headers: { 'WWW-Authenticate': `Bearer realm="${issuer}"` },
    });
  });

  it('shows no fields where there are none', () => {
    const error = Object.assign(new AuthError('ERR_INPUT_INVALID', 'none'), { fields: null });
    expect(problemOf(error)).not.toHaveProperty('fields');
  });

  it('keeps the headers that it has', () => {
    const error = answered(new AuthError('ERR_TOKEN_MISSING', 'none'), { issuer });
    expect(answered(error, { issuer: 'another' })).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': `Bearer realm="${issuer}"` },
    });
  });

  it('is none of ours when it is of the host', () => {
    const fault = new Error('the table is gone');
    expect(answered(fault, { issuer })).toBe(fault);
    expect(fault).not.toHaveProperty('status');
  });

  it('is a fault when it is a mistake in the set-up', () => {
    expect(answered(new ConfigError('users', 'is missing'), { issuer })).toMatchObject({
      status: 500,
      headers: {},
    });
  });
});
