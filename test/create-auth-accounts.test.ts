import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Auth, type AuthOptions, type Capability, ConfigError, createAuth } from '../src/index.ts';
import { countingHasher } from './support/counting-hasher.ts';
import { aliceRow } from './support/door.ts';
import { issuer, secretA } from './support/fixed-secret.ts';
import { outbox } from './support/outbox.ts';
import { type Row, type UserTable, userTable } from './support/user-table.ts';

type Options = AuthOptions<Row, UserTable>;
type FullAuth = Auth<Row, Capability>;

const options = (): Options => ({
  secret: secretA,
  issuer,
  users: userTable(aliceRow()),
  hasher: countingHasher(),
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a link', () => {
  const page = 'https://shop.example/page';
  const notifier = outbox<Row>();
  const methods = [
    ['verifyEmail', 'markEmailVerified'],
    ['resetPassword', 'updatePasswordHash'],
    ['changeEmail', 'replaceEmail'],
  ] as const;

  it.each(methods)('%s is refused at start without %s in the user store', (link, method) => {
    const users = { ...userTable(aliceRow()), [method]: undefined };
    const error = refusal({ ...options(), users, notifier, links: { [link]: page } });
    expect(error.option).toBe(`users.${method}`);
    expect(error.message).toContain(`links.${link}`);
  });

  it.each(methods)('%s is refused at start without a notifier', (link) => {
    const error = refusal({ ...options(), links: { [link]: page } });
    expect(error.option).toBe('notifier');
    expect(error.message).toContain(`links.${link}`);
  });

  it.each(methods)('%s asks for no other method than %s', (link, method) => {
    const { findById, findByIdentifier, toAuthUser, [method]: own } = userTable(aliceRow());
    const users = { findById, findByIdentifier, toAuthUser, [method]: own } as unknown as UserTable;
    expect(() => createAuth({ ...options(), users, notifier, links: { [link]: page } })).not.toThrow();
  });

  it.each([
    [
      'is warned of without updatePasswordHash: a prepared account would stay',
      { updatePasswordHash: undefined },
      1,
    ],
    ['is not warned of where all methods are there', {}, 0],
  ])('verifyEmail %s', (_, missing, count) => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const users = { ...userTable(aliceRow()), ...missing } as unknown as UserTable;
    createAuth({ ...options(), users, notifier, links: { verifyEmail: page } });
    createAuth({ ...options(), users, notifier });
    const text = expect.stringMatching(/^users\.updatePasswordHash is missing: /);
    expect(emit.mock.calls).toEqual(Array(count).fill([text, { code: 'OSTIARY_UNVERIFIED_FOREVER' }]));
  });

  it('may be on http, and has its lifetime, without a word of the other links', () => {
    const links = { resetPassword: 'http://localhost:3000/reset?lang=en', resetLifetime: '1h' } as const;
    expect(() => createAuth({ ...options(), notifier, links })).not.toThrow();
    expect(() =>
      createAuth({ ...options(), links: { verifyLifetime: 60, resetLifetime: 86_400 } }),
    ).not.toThrow();
  });

  it.each([
    [
      'links.resetPassword',
      (auth: FullAuth) => auth.passwords.requestReset({ identifier: 'alice@shop.example' }),
    ],
    [
      'links.verifyEmail',
      (auth: FullAuth) => auth.emails.requestVerification({ email: 'alice@shop.example' }),
    ],
    [
      'links.changeEmail',
      (auth: FullAuth) => auth.emails.requestChange({ user: aliceRow(), newEmail: 'a@b.example' }),
    ],
  ])('that is not set is named by the call that needs it: %s', async (option, call) => {
    await expect(call(createAuth({ ...options(), notifier }))).rejects.toMatchObject({ option });
  });
});

describe('the length of passwords', () => {
  const warnings = (minLength?: number): readonly unknown[] => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue();
    createAuth({ ...options(), ...(minLength === undefined ? {} : { passwords: { minLength } }) });
    return emit.mock.calls;
  };

  it.each([8, 14])('of %d is warned of, with the standards', (minLength) => {
    const text = expect.stringMatching(/^passwords\.minLength is \d+: NIST SP 800-63B-4 .* ASVS 6\.2\.1/);
    expect(warnings(minLength)).toEqual([[text, { code: 'OSTIARY_SHORT_PASSWORDS' }]]);
  });

  it.each([undefined, 15, 64])('of %s is not', (minLength) => {
    expect(warnings(minLength)).toEqual([]);
  });
});

function refusal(given: unknown): ConfigError {
  try {
    createAuth(given as Options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.unreachable('the options were taken');
}
