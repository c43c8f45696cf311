import { describe, expect, it } from 'vitest';
import { deviceTokenFor, isRegisteringBrowser } from '../../../src/core/accounts/registering-browser.ts';
import { Secrets } from '../../../src/core/secrets.ts';
import type { AuthUser } from '../../../src/index.ts';
import { secretA, secretB } from '../../support/fixed-secret.ts';

const secrets = new Secrets(secretA, '');
const email = 'bob@shop.example';
const passwordHash = '$2b$12$hash-of-bob';
const bob: AuthUser = { id: 7, email, passwordHash };
const token = deviceTokenFor(secrets, email, passwordHash);
const [id = '', secretId = '', signature = ''] = token.split('.');

describe('the token of a registering browser', () => {
  it('fits the account that was registered with it', () => {
    expect(isRegisteringBrowser(secrets, token, bob)).toBe(true);
  });

  it('is never the same twice, and names nobody', () => {
    const others = Array.from({ length: 100 }, () => deviceTokenFor(secrets, email, passwordHash));
    expect(new Set(others).size).toBe(100);
    expect(new Set(others.map((other) => other.split('.')[2])).size).toBe(100);
    for (const part of token.split('.')) {
      expect(Buffer.from(part, 'base64url').toString()).not.toMatch(/bob@|shop|hash/);
    }
  });

  it('has the shape of that of every other address and hash', () => {
    const other = deviceTokenFor(secrets, 'a-much-longer-address@another-shop.example', 'x'.repeat(200));
    expect(other.length).toBe(token.length);
    expect(other.replace(/[\w-]/g, 'x')).toBe(token.replace(/[\w-]/g, 'x'));
  });

  it.each<[string, Partial<AuthUser>]>([
    ['whose password is another', { passwordHash: '$2b$12$hash-of-eve' }],
    ['whose address is another', { email: 'eve@shop.example' }],
    ['without a password', { passwordHash: null }],
    ['without an address', { email: null }],
    ['of whose address the table does not know', { email: undefined as unknown as null }],
    ['whose hash is no text', { passwordHash: Buffer.from(passwordHash) as unknown as string }],
    ['whose address is a list', { email: `${email},eve@shop.example` }],
  ])('does not fit an account %s', (_what, changes) => {
    expect(isRegisteringBrowser(secrets, token, { ...bob, ...changes })).toBe(false);
  });

  it('fits also where the table keeps the address as it was typed', () => {
    expect(isRegisteringBrowser(secrets, token, { ...bob, email: ' Bob@Shop.Example.' })).toBe(true);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a list of it', [token]],
    ['an object', { token }],
    ['a boxed text', Object(token)],
    ['a buffer', Buffer.from(token)],
    ['an empty text', ''],
    ['dots', '..'],
    ['a megabyte', token.padEnd(1_000_000, 'x')],
    ['one that is too long', `${id}${'x'.repeat(128)}.${secretId}.${signature}`],
    ['one with a part more', `${token}.`],
    ['one with a line break', `${token}\n`],
    ['one with another id', `${'A'.repeat(22)}.${secretId}.${signature}`],
    ['one without an id', `.${secretId}.${signature}`],
    ['one without a signature', `${id}.${secretId}.`],
    ['one of a secret that nobody knows', `${id}.unknown1.${signature}`],
    ['one of a secret that is a property of every object', `${id}.__proto__.${signature}`],
    ['one with its last bit changed', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
  ])('is not %s', (_what, other) => {
    expect(isRegisteringBrowser(secrets, other, bob)).toBe(false);
  });
});

describe('a secret that is replaced', () => {
  it('goes on being read while it is listed', () => {
    expect(isRegisteringBrowser(new Secrets([secretB, secretA], ''), token, bob)).toBe(true);
  });

  it('opens nothing any more when it is not', () => {
    expect(isRegisteringBrowser(new Secrets(secretB, ''), token, bob)).toBe(false);
  });

  it('makes tokens of the first one only', () => {
    const made = deviceTokenFor(new Secrets([secretB, secretA], ''), email, passwordHash);
    expect(isRegisteringBrowser(new Secrets(secretB, ''), made, bob)).toBe(true);
    expect(isRegisteringBrowser(secrets, made, bob)).toBe(false);
  });
});

it('opens nothing in another realm', () => {
  expect(isRegisteringBrowser(new Secrets(secretA, 'staff'), token, bob)).toBe(false);
});
