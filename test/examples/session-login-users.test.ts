import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bcrypt } from '../../src/hashers/index.ts';
import { createAuth, type PasswordHashUpdate, type UserStore } from '../../src/index.ts';

interface User {
  readonly _id: number;
  readonly username: string;
  readonly password: string;
  readonly email: string;
}

interface Users {
  readonly userStore: UserStore<User> & {
    updatePasswordHash(id: unknown, update: PasswordHashUpdate): Promise<boolean>;
  };
  listUsers(): readonly object[];
}

const script = fileURLToPath(new URL('../../examples/session-login/users.mjs', import.meta.url));
const tutorialHash = '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW';
let users: Users;

beforeEach(async () => {
  vi.resetModules();
  users = await import(script);
});

const storedHash = async (): Promise<string | undefined> => (await users.userStore.findById(1))?.password;

describe("the example's users", () => {
  it('begin with the one of the tutorial', async () => {
    expect(await users.userStore.findByIdentifier('adm', 'username')).toEqual({
      _id: 1,
      username: 'adm',
      password: tutorialHash,
      email: 'adm@example.com',
    });
  });

  it('get a hash of today at the first login', async () => {
    const hasher = bcrypt({ cost: 7 });
    const secret = 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA';
    const auth = createAuth({ secret, issuer: 'https://shop.example', users: users.userStore, hasher });
    await auth.login({ identifier: 'adm', password: '123' });
    expect(await storedHash()).toMatch(/^\$2b\$07\$/);
    expect((await auth.login({ identifier: 'adm', password: '123' })).status).toBe('signed-in');
    await auth.close();
  });

  it('keep a hash that somebody else wrote first', async () => {
    const update = { next: '$2b$12$', expected: 'another', reason: 'rehash' } as const;
    expect(await users.userStore.updatePasswordHash(1, update)).toBe(false);
    expect(await users.userStore.updatePasswordHash(2, { ...update, expected: tutorialHash })).toBe(false);
    expect(await storedHash()).toBe(tutorialHash);
  });

  it('are handed out as copies', async () => {
    const before = await users.userStore.findById(1);
    const update = { next: '$2b$12$', expected: tutorialHash, reason: 'rehash' } as const;
    expect(await users.userStore.updatePasswordHash(1, update)).toBe(true);
    expect(before?.password).toBe(tutorialHash);
  });

  it('are listed without their hashes', () => {
    expect(users.listUsers()).toEqual([{ _id: 1, username: 'adm', email: 'adm@example.com' }]);
  });
});
