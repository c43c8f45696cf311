import { describe, expect, it } from 'vitest';
import { classifyIdentifier } from '../../../src/core/accounts/identifier.ts';
import { type Registration, readRegistration } from '../../../src/core/accounts/registration-input.ts';

const email = 'bob@shop.example';
const password = 'correct horse battery staple';

const read = (input: unknown, needsEmail = false): Registration =>
  readRegistration(input, { classify: classifyIdentifier, needsEmail });

/** The fields that are refused, with what is wrong with each. */
function problems(input: unknown, needsEmail = false): unknown {
  try {
    return read(input, needsEmail);
  } catch (error) {
    return { ...(error as { readonly fields: object }).fields };
  }
}

describe('the body of a registration', () => {
  it('is read in the form in which it is stored', () => {
    expect(read({ email: ' Bob@SHOP.example. ', username: ' Bobby ', password: ' x ' })).toEqual({
      email,
      username: 'Bobby',
      password: ' x ',
      profile: {},
    });
  });

  it('has four fields, and what else is in it is left alone', () => {
    const more = { roles: ['admin'], status: 'active', id: 1, emailVerified: true, isAdmin: true, epoch: 7 };
    const hostile = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');
    const registration = read({ email, password, ...more, ...hostile });
    expect(Reflect.ownKeys(registration).sort()).toEqual(['email', 'password', 'profile', 'username']);
    expect(registration).toEqual({ email, username: undefined, password, profile: {} });
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });

  it('names every bad field at once', () => {
    expect(problems({ email: 'x', username: 'a@b', password: 7, profile: 'x' })).toEqual({
      email: 'is not an e-mail address',
      username: 'must not be an e-mail address',
      password: 'must be a text',
      profile: 'must be a plain object, got a string',
    });
  });

  it.each([[undefined], [null], ['x'], [7], [[]], [{}]])('that is %j names what is missing', (body) => {
    expect(problems(body)).toEqual({ password: 'is missing' });
    expect(problems(body, true)).toEqual({ email: 'is missing', password: 'is missing' });
  });

  it.each([[{}], [{ email: '' }], [{ email: null, username: null }], [{ username: '' }]])(
    'that names nobody, as %j, asks for an address',
    (identifiers) => {
      expect(problems({ ...identifiers, password })).toEqual({ email: 'is missing' });
      expect(problems({ ...identifiers, password }, true)).toEqual({ email: 'is missing' });
    },
  );

  it('may leave the address out only where none is needed', () => {
    expect(read({ username: 'bob', password }).email).toBeUndefined();
    expect(problems({ username: 'bob', password }, true)).toEqual({ email: 'is missing' });
  });
});

describe('a user name', () => {
  it.each([
    ['bob@shop.example', 'must not be an e-mail address'],
    ['bob\uff20shop.example', 'must not be an e-mail address'],
    [' bob@shop ', 'must not be an e-mail address'],
    ['@bob', 'is not an e-mail address'],
    ['a@b@c', 'is not an e-mail address'],
    ['bo\u200bb', 'has an invisible character'],
    ['bob\nBcc: x', 'has an invisible character'],
    ['   ', 'is missing'],
    ['x'.repeat(321), 'is too long'],
  ])('that is %j is refused', (username, problem) => {
    expect(problems({ email, username, password })).toEqual({ username: problem });
  });

  it.each([
    ['Bob', 'Bob'],
    [' bob ', 'bob'],
    ['\uff22ob', 'Bob'],
    ['o\u0308zil', '\u00f6zil'],
    ['0', '0'],
  ])('that is %j is read as %j, in the case in which it was typed', (username, value) => {
    expect(read({ email, username, password }).username).toBe(value);
  });

  it('is what the host says it is', () => {
    const classify = (text: string): string => (/^\d+$/.test(text) ? 'customer-number' : 'email');
    const rules = { classify, needsEmail: false };
    expect(readRegistration({ username: '4711', password }, rules).username).toBe('4711');
    expect(() => readRegistration({ username: 'bob@shop.example', password }, rules)).toThrow('username');
  });
});

describe('the profile', () => {
  const profileOf = (profile: unknown): unknown => read({ email, password, profile }).profile;

  it('is an empty one when there is none', () => {
    expect(profileOf(undefined)).toEqual({});
  });

  it('is handed on as a copy that nobody changes', () => {
    const given = { name: 'Bob', address: { city: 'Ulm' }, age: 7, newsletter: false, nothing: null };
    const profile = profileOf(given);
    expect(profile).toEqual(given);
    expect(profile).not.toBe(given);
    expect(Object.isFrozen(profile)).toBe(true);
  });

  it.each([
    'id',
    'roles',
    'status',
    'emailVerified',
    'epoch',
    'passwordHash',
    'password',
    'email',
    'username',
    'constructor',
    'prototype',
  ])('loses %s, which is decided here', (name) => {
    expect(profileOf({ name: 'Bob', [name]: 'admin' })).toEqual({ name: 'Bob' });
  });

  it('loses __proto__ too, as it comes in JSON', () => {
    const profile = profileOf(JSON.parse('{"__proto__":{"isAdmin":true},"name":"Bob"}')) as object;
    expect(Reflect.ownKeys(profile)).toEqual(['name']);
    expect(Object.getPrototypeOf(profile)).toBe(Object.prototype);
    expect(Reflect.get(profile, 'isAdmin')).toBeUndefined();
  });

  it('is read without a prototype, and refused with one of its own', () => {
    expect(profileOf(Object.create(null, { plan: { value: 'gold', enumerable: true } }))).toEqual({
      plan: 'gold',
    });
    for (const odd of [
      Object.create({ plan: 'gold' }),
      Buffer.from('x'),
      new Date(0),
      new Map(),
      Object('x'),
    ]) {
      expect(problems({ email, password, profile: odd })).toEqual({
        profile: 'must be a plain object, got an object',
      });
    }
  });

  it.each([
    [null, 'null'],
    [true, 'a boolean'],
    [0, 'the number 0'],
    ['', 'a string'],
    ['x', 'a string'],
    [[], 'an array'],
    [[{ name: 'Bob' }], 'an array'],
    [() => undefined, 'a function'],
  ])('that is %j is refused', (profile, kind) => {
    expect(problems({ email, password, profile })).toEqual({
      profile: `must be a plain object, got ${kind}`,
    });
  });
});
