import { describe, expect, it } from 'vitest';
import {
  AuthError,
  ConfigError,
  InputError,
  PasswordError,
  RetryError,
  TakenError,
} from '../../src/core/errors.ts';

/** What the other copy of the package throws: the same brand, another class. */
class OtherAuthError extends Error {
  readonly code: string;
  constructor(code: string) {
    super('from the other copy');
    this.code = code;
    Object.defineProperty(this, Symbol.for('ostiary.AuthError'), { value: true });
  }
}

describe('AuthError.is', () => {
  it('knows an error of this copy, by its code', () => {
    const error = new AuthError('ERR_LOGIN_REJECTED', 'no');
    expect(AuthError.is(error)).toBe(true);
    expect(AuthError.is(error, 'ERR_LOGIN_REJECTED')).toBe(true);
    expect(AuthError.is(error, 'ERR_SERVER_BUSY')).toBe(false);
  });

  it('knows an error of another copy of the package, by its code', () => {
    const error = new OtherAuthError('ERR_LOGIN_REJECTED');
    expect(error instanceof AuthError).toBe(false);
    expect(AuthError.is(error)).toBe(true);
    expect(AuthError.is(error, 'ERR_LOGIN_REJECTED')).toBe(true);
    expect(AuthError.is(error, 'ERR_SERVER_BUSY')).toBe(false);
  });

  it.each([
    [null],
    [undefined],
    ['ERR_LOGIN_REJECTED'],
    [new Error('ERR_LOGIN_REJECTED')],
    [Object.assign(new Error('no'), { code: 'ERR_LOGIN_REJECTED' })],
    [{ code: 'ERR_LOGIN_REJECTED', 'ostiary.AuthError': true }],
    [{ [Symbol.for('ostiary.AuthError')]: 'yes' }],
    [() => 'ERR_LOGIN_REJECTED'],
  ])('does not take %o for ours', (value) => {
    expect(AuthError.is(value)).toBe(false);
    expect(AuthError.is(value, 'ERR_LOGIN_REJECTED')).toBe(false);
  });
});

describe('an error', () => {
  it('keeps its cause', () => {
    const cause = new Error('down');
    expect(new AuthError('ERR_STATE_UNAVAILABLE', 'no', { cause }).cause).toBe(cause);
    expect(new ConfigError('users', 'no', { cause }).cause).toBe(cause);
    expect(new RetryError('ERR_SERVER_BUSY', 'no', { cause, retryAfterSeconds: 1 }).cause).toBe(cause);
  });

  it.each([
    [new AuthError('ERR_CSRF_REJECTED', 'no'), 'AuthError', 'ERR_CSRF_REJECTED'],
    [new ConfigError('users', 'no'), 'ConfigError', 'ERR_CONFIG_INVALID'],
    [new InputError({ password: 'is missing' }), 'InputError', 'ERR_INPUT_INVALID'],
    [new PasswordError(['too-short'], {}), 'PasswordError', 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE'],
    [new TakenError('username'), 'TakenError', 'ERR_ACCOUNT_IDENTIFIER_TAKEN'],
    [new RetryError('ERR_SERVER_BUSY', 'no', { retryAfterSeconds: 1 }), 'RetryError', 'ERR_SERVER_BUSY'],
  ])('is %s, with a name and a code and of the one kind', (error, name, code) => {
    expect(error).toMatchObject({ name, code });
    expect(error).toBeInstanceOf(AuthError);
    expect(AuthError.is(error)).toBe(true);
  });

  it('does not show its brand in JSON', () => {
    expect(JSON.parse(JSON.stringify(new InputError({ password: 'is missing' })))).toEqual({
      name: 'InputError',
      code: 'ERR_INPUT_INVALID',
      fields: { password: 'is missing' },
    });
  });

  it('names the option, and the fields that were refused', () => {
    expect(new ConfigError('sessions.idle', 'is no time').message).toBe('sessions.idle: is no time');
    expect(new InputError({ identifier: 'is missing', password: 'is missing' }).message).toBe(
      'refused input: identifier, password',
    );
    expect(new TakenError('newEmail')).toMatchObject({
      message: 'taken: newEmail',
      fields: { newEmail: 'is taken' },
    });
  });

  it('says why a password is refused, for programs and for a form', () => {
    const error = new PasswordError(['too-short', 'contains-word'], { password: 'is too short' });
    expect(error).toMatchObject({
      message: 'refused password: too-short, contains-word',
      reasons: ['too-short', 'contains-word'],
      fields: { password: 'is too short' },
    });
  });
});
