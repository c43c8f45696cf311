import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bcrypt } from '../../src/hashers/index.ts';
import { createAuth, type UserCapabilities, type UserStore } from '../../src/index.ts';

interface User {
  readonly _id: number;
  readonly username: string | null;
  readonly name: string;
  readonly password: string;
  readonly email: string;
  readonly verified: boolean;
}

type Method = 'updatePasswordHash' | 'create' | 'markEmailVerified' | 'replaceEmail' | 'delete';

interface Users {
  readonly userStore: UserStore<User> & Pick<UserCapabilities<User>, Method>;
  listUsers(reader: Pick<User, '_id'>): readonly object[];
}

const script = fileURLToPath(new URL('../../examples/session-login/users.mjs', import.meta.url));
const tutorialHash = '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW';
let users: Users;

beforeEach(async () => {
  vi.resetModules();
  users = await import(script);
});

const ann = {
  email: 'ann@example.org',
  passwordHash: '$2b$12$ann',
  profile: { name: 'Ann', roles: ['admin'] },
};

async function annId(): Promise<number> {
  const created = await users.userStore.create(ann);
  if (!created.ok) throw new Error(`${created.taken} is taken`);
  return created.user._id;
}

const storedHash = async (): Promise<string | undefined> => (await users.userStore.findById(1))?.password;

describe("the example's users", () => {
  it('begin with the one of the tutorial', async () => {
    expect(await users.userStore.findByIdentifier('adm', 'username')).toEqual({
      _id: 1,
      username: 'adm',
      name: 'adm',
      password: tutorialHash,
      email: 'adm@example.com',
      verified: true,
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

  it('are listed without their hashes, and each address to its owner only', async () => {
    const id = await annId();
    await users.userStore.create({ ...ann, email: 'unproven@example.org' });
    await users.userStore.markEmailVerified(id, ann.email);
    expect(users.listUsers({ _id: id })).toEqual([
      { _id: 1, username: 'adm', name: 'adm' },
      { _id: id, username: null, name: 'Ann', email: ann.email },
    ]);
  });
});

describe('a new user', () => {
  it('is not verified, and has of the profile the name', async () => {
    const id = await annId();
    expect(await users.userStore.findById(id)).toEqual({
      _id: id,
      username: null,
      name: 'Ann',
      password: ann.passwordHash,
      email: ann.email,
      verified: false,
    });
  });

  it('never takes the place of another', async () => {
    await annId();
    const again = await users.userStore.create({ ...ann, passwordHash: 'another' });
    expect(again).toEqual({ ok: false, taken: 'email' });
    expect((await users.userStore.findByIdentifier(ann.email, 'email'))?.password).toBe(ann.passwordHash);
  });

  it('never gets the id of an account that was closed', async () => {
    const id = await annId();
    expect(await users.userStore.delete(id)).toBe(true);
    expect(await users.userStore.delete(id)).toBe(false);
    expect(await annId()).toBeGreaterThan(id);
  });

  it('who registers again brings a new name with the new password', async () => {
    const id = await annId();
    const update = { next: 'second', expected: ann.passwordHash, reason: 'registration' } as const;
    const registration = { profile: { name: 'Ann Smith' } };
    expect(await users.userStore.updatePasswordHash(id, { ...update, registration })).toBe(true);
    expect(await users.userStore.findById(id)).toMatchObject({ name: 'Ann Smith', password: 'second' });
  });

  it('is not registered again once the address is proven, and changes the password still', async () => {
    const id = await annId();
    await users.userStore.markEmailVerified(id, ann.email);
    const update = { next: 'second', expected: ann.passwordHash };
    const registration = { profile: { name: 'Eve' } };
    const again = { ...update, reason: 'registration', registration } as const;
    expect(await users.userStore.updatePasswordHash(id, again)).toBe(false);
    expect(await users.userStore.findById(id)).toMatchObject({ name: 'Ann', password: ann.passwordHash });
    expect(await users.userStore.updatePasswordHash(id, { ...update, reason: 'change' })).toBe(true);
  });
});

describe('an address', () => {
  it('is verified as long as it is the one that the link went to', async () => {
    const id = await annId();
    expect(await users.userStore.markEmailVerified(id, 'other@example.org')).toBe(false);
    expect(await users.userStore.findById(id)).toMatchObject({ verified: false });
    expect(await users.userStore.markEmailVerified(id, ann.email)).toBe(true);
    expect(await users.userStore.findById(id)).toMatchObject({ verified: true });
  });

  it('is replaced by one that is free, from the one that it was', async () => {
    const id = await annId();
    const move = (from: string, to: string): Promise<string> =>
      users.userStore.replaceEmail(id, { from, to });
    expect(await move('other@example.org', 'new@example.org')).toBe('stale');
    expect(await move(ann.email, 'adm@example.com')).toBe('taken');
    expect(await users.userStore.findById(id)).toMatchObject({ email: ann.email, verified: false });
    expect(await move(ann.email, 'new@example.org')).toBe('changed');
    expect(await users.userStore.findById(id)).toMatchObject({ email: 'new@example.org', verified: true });
    expect(await users.userStore.findByIdentifier(ann.email, 'email')).toBeUndefined();
  });
});
