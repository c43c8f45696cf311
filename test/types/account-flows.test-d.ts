/** Which account flows a user store switches on, and what they answer. */

import { assertType, describe, expectTypeOf, it } from 'vitest';
import {
  type Auth,
  type Authentication,
  type AuthUser,
  type CapabilitiesOf,
  type Capability,
  consoleNotifier,
  createAuth,
  type NeedsUserStoreMethod,
  type NewUser,
  type Notification,
  type Notifier,
  PasswordError,
  type PasswordHashUpdate,
  type PasswordReason,
  type Profile,
  pwnedPasswords,
  type RegisterResult,
  TakenError,
  type UserCapabilities,
  type UserId,
  type VerifyResult,
} from '../../src/index.ts';

interface Customer {
  readonly customerId: number;
  readonly pwd: string | null;
  readonly mail: string;
}

declare const row: Customer;
const secret: string | undefined = '';
const issuer = 'https://shop.example';
const [password, token] = ['', ''];

const required = {
  findById: async (_id: UserId): Promise<Customer | undefined> => row,
  findByIdentifier: async (_mail: string): Promise<Customer | undefined> => row,
  toAuthUser: (customer: Customer): AuthUser => ({ id: customer.customerId, passwordHash: customer.pwd }),
};
const create = async ({ email }: NewUser) =>
  email === undefined ? ({ ok: false, taken: 'email' } as const) : ({ ok: true, user: row } as const);
const updatePasswordHash = async (_id: UserId, _update: PasswordHashUpdate): Promise<boolean> => true;
const markEmailVerified = async (_id: UserId, _email: string): Promise<boolean> => true;
const replaceEmail: UserCapabilities<Customer>['replaceEmail'] = async () => 'changed';
const remove = async (_id: UserId): Promise<boolean> => true;

const bare = createAuth({ secret, issuer, users: required });
const full = createAuth({
  secret,
  issuer,
  users: { ...required, create, updatePasswordHash, markEmailVerified, replaceEmail, delete: remove },
});

describe('a flow whose method the store lacks', () => {
  it('is none, and names the method', () => {
    expectTypeOf(bare).toEqualTypeOf<Auth<Customer, never>>();
    expectTypeOf(bare.register).toEqualTypeOf<NeedsUserStoreMethod<'create'>>();
    expectTypeOf(bare.passwords.change).toEqualTypeOf<NeedsUserStoreMethod<'updatePasswordHash'>>();
    expectTypeOf(bare.passwords.requestReset).toEqualTypeOf<NeedsUserStoreMethod<'updatePasswordHash'>>();
    expectTypeOf(bare.passwords.reset).toEqualTypeOf<NeedsUserStoreMethod<'updatePasswordHash'>>();
    expectTypeOf(bare.emails.requestVerification).toEqualTypeOf<NeedsUserStoreMethod<'markEmailVerified'>>();
    expectTypeOf(bare.emails.verify).toEqualTypeOf<NeedsUserStoreMethod<'markEmailVerified'>>();
    expectTypeOf(bare.emails.requestChange).toEqualTypeOf<NeedsUserStoreMethod<'replaceEmail'>>();
    expectTypeOf(bare.emails.confirmChange).toEqualTypeOf<NeedsUserStoreMethod<'replaceEmail'>>();
    expectTypeOf(bare.accounts.close).toEqualTypeOf<NeedsUserStoreMethod<'delete'>>();
  });

  it('cannot be called', () => {
    // @ts-expect-error the store has no create
    () => bare.register({ email: 'a@shop.example', password });
    // @ts-expect-error the store has no updatePasswordHash
    () => bare.passwords.change({ user: row, currentPassword: password, newPassword: password });
    // @ts-expect-error the store has no updatePasswordHash
    () => bare.passwords.requestReset({ identifier: 'a' });
    // @ts-expect-error the store has no updatePasswordHash
    () => bare.passwords.reset({ token, newPassword: password });
    // @ts-expect-error the store has no markEmailVerified
    () => bare.emails.requestVerification({ user: row });
    // @ts-expect-error the store has no markEmailVerified
    () => bare.emails.verify({ token });
    // @ts-expect-error the store has no replaceEmail
    () => bare.emails.requestChange({ user: row, newEmail: 'a@shop.example' });
    // @ts-expect-error the store has no replaceEmail
    () => bare.emails.confirmChange({ token });
    // @ts-expect-error the store has no delete
    () => bare.accounts.close({ user: row, currentPassword: password });
  });

  it('is not switched on by the method of another', () => {
    const { register, passwords, emails, accounts } = createAuth({
      secret,
      issuer,
      users: { ...required, updatePasswordHash },
    });
    expectTypeOf(register).toEqualTypeOf<NeedsUserStoreMethod<'create'>>();
    expectTypeOf(emails.verify).toEqualTypeOf<NeedsUserStoreMethod<'markEmailVerified'>>();
    expectTypeOf(emails.confirmChange).toEqualTypeOf<NeedsUserStoreMethod<'replaceEmail'>>();
    expectTypeOf(accounts.close).toEqualTypeOf<NeedsUserStoreMethod<'delete'>>();
    () => passwords.requestReset({ identifier: 'a' });
  });

  it('is none where the method may be undefined', () => {
    const maybe: Partial<UserCapabilities<Customer>> = {};
    const users = { ...required, create: maybe.create, delete: maybe.delete, updatePasswordHash };
    expectTypeOf<CapabilitiesOf<typeof users>>().toEqualTypeOf<'updatePasswordHash'>();
    const spread = createAuth({ secret, issuer, users: { ...required, ...maybe } });
    expectTypeOf(spread).toEqualTypeOf<Auth<Customer, never>>();
  });
});

describe('a flow whose method the store has', () => {
  it('can be called, with the row of the host', () => {
    expectTypeOf(full).toEqualTypeOf<Auth<Customer, Exclude<Capability, 'setStatus' | 'bumpEpoch'>>>();
    const origin = { ip: undefined, userAgent: '' };
    () =>
      assertType<readonly Promise<unknown>[]>([
        full.register({ email: 'a@shop.example', username: 'a', password, profile: { name: 'A' } }, origin),
        full.passwords.change({ user: row, currentPassword: password, newPassword: password }, origin),
        full.passwords.requestReset({ identifier: 'a' }, origin),
        full.passwords.reset({ token, newPassword: password }, origin),
        full.emails.requestVerification({ user: row }),
        full.emails.requestVerification({ email: 'a@shop.example' }),
        full.emails.verify({ token, password }, { ...origin, deviceToken: undefined }),
        full.emails.requestChange(
          { user: row, newEmail: 'a@shop.example', currentPassword: password },
          origin,
        ),
        full.emails.confirmChange({ token }, origin),
        full.accounts.close({ user: row, currentPassword: password }, origin),
      ]);
  });

  it('takes no row of another table', () => {
    const user = { id: 1 };
    // @ts-expect-error not a row of this table
    () => full.passwords.change({ user, currentPassword: password, newPassword: password });
    // @ts-expect-error not a row of this table
    () => full.emails.requestVerification({ user });
    // @ts-expect-error not a row of this table
    () => full.emails.requestChange({ user, newEmail: 'a@shop.example' });
    // @ts-expect-error not a row of this table
    () => full.accounts.close({ user, currentPassword: password });
  });

  it('asks for what proves who it is', () => {
    // @ts-expect-error no password
    () => full.register({ email: 'a@shop.example' });
    // @ts-expect-error no current password
    () => full.passwords.change({ user: row, newPassword: password });
    // @ts-expect-error no current password
    () => full.accounts.close({ user: row });
    // @ts-expect-error neither a row nor an address
    () => full.emails.requestVerification({});
    // @ts-expect-error a role is nothing that a form decides
    () => full.register({ email: 'a@shop.example', password, roles: ['admin'] });
  });

  it('answers the row', () => {
    expectTypeOf(full.passwords.change).returns.resolves.toEqualTypeOf<{
      readonly user: Customer;
      readonly authentication: Authentication;
    }>();
    expectTypeOf(full.passwords.reset).returns.resolves.toEqualTypeOf<{ readonly user: Customer }>();
    expectTypeOf(full.emails.confirmChange).returns.resolves.toEqualTypeOf<{ readonly user: Customer }>();
    expectTypeOf(full.passwords.requestReset).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf(full.emails.requestVerification).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf(full.emails.requestChange).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf(full.accounts.close).returns.resolves.toEqualTypeOf<void>();
  });
});

describe('an answer with a status', () => {
  it('of a registration has a user only where somebody may be signed in', () => {
    expectTypeOf(full.register).returns.resolves.toEqualTypeOf<RegisterResult<Customer>>();
    const look = (result: RegisterResult<Customer>): Customer | string => {
      // @ts-expect-error the status has not been looked at
      void result.user;
      // @ts-expect-error the status has not been looked at
      void result.deviceToken;
      if (result.status === 'check-inbox') return result.deviceToken;
      expectTypeOf(result.authentication).toEqualTypeOf<Authentication>();
      return result.user;
    };
    void look;
  });

  it('of a proof of an address has a user only when it is proven', () => {
    expectTypeOf(full.emails.verify).returns.resolves.toEqualTypeOf<VerifyResult<Customer>>();
    const look = (result: VerifyResult<Customer>): Customer | null => {
      // @ts-expect-error the status has not been looked at
      void result.user;
      return result.status === 'verified' ? result.user : null;
    };
    void look;
  });
});

describe('the row of the host', () => {
  it('is inferred where create stands in the object, and nothing says it', () => {
    const auth = createAuth({
      secret,
      issuer,
      users: {
        findById: async (_id) => row,
        findByIdentifier: async (_mail, _kind) => row,
        toAuthUser: (customer) => ({ id: customer.customerId, passwordHash: customer.pwd }),
        create: async ({ email, passwordHash, profile }) => {
          expectTypeOf(email).toEqualTypeOf<string | undefined>();
          expectTypeOf(passwordHash).toEqualTypeOf<string>();
          expectTypeOf(profile).toEqualTypeOf<Profile>();
          return { ok: true, user: row };
        },
        updatePasswordHash: async (_id, { next, expected, registration }) => {
          expectTypeOf(registration?.profile).toEqualTypeOf<Profile | undefined>();
          return next !== expected;
        },
        replaceEmail: async (_id, { from, to }) => (from === to ? 'stale' : 'changed'),
        delete: async () => true,
      },
    });
    expectTypeOf(auth).toEqualTypeOf<
      Auth<Customer, 'create' | 'updatePasswordHash' | 'replaceEmail' | 'delete'>
    >();
  });

  it('is what create answers, and nothing else', () => {
    const bad = async () => ({ ok: true, user: { id: 1 } }) as const;
    // @ts-expect-error not a row of this table
    () => createAuth({ secret, issuer, users: { ...required, create: bad } });
    const silent = async () => ({ ok: false }) as const;
    // @ts-expect-error does not say which identifier is taken
    () => createAuth({ secret, issuer, users: { ...required, create: silent } });
    const other = async () => ({ ok: false, taken: 'phone' }) as const;
    // @ts-expect-error an identifier that ostiary does not hand over
    () => createAuth({ secret, issuer, users: { ...required, create: other } });
    // @ts-expect-error a write says whether it won
    () => createAuth({ secret, issuer, users: { ...required, markEmailVerified: async () => undefined } });
    // @ts-expect-error which of three it was
    () => createAuth({ secret, issuer, users: { ...required, replaceEmail: async () => true } });
  });

  it('is what the notifier is handed', () => {
    const users = required;
    createAuth({
      secret,
      issuer,
      users,
      notifier: {
        deliver: (message) => expectTypeOf(message).toEqualTypeOf<Notification<Customer>>(),
      },
    });
    const notifier: Notifier<Customer> = { deliver: async ({ to, user }) => [to, user.mail] };
    createAuth({ secret, issuer, users, notifier });
    createAuth({ secret, issuer, users, notifier: consoleNotifier() });
    const staff: Notifier<{ readonly badge: string }> = { deliver: ({ user }) => user.badge };
    // @ts-expect-error a notifier of another table
    () => createAuth({ secret, issuer, users, notifier: staff });
    // @ts-expect-error no notifier
    () => createAuth({ secret, issuer, users, notifier: { send: () => undefined } });
  });
});

describe('an option of the flows', () => {
  it('is checked', () => {
    const users = required;
    createAuth({
      secret,
      issuer,
      users,
      links: { resetPassword: `${issuer}/reset`, resetLifetime: '30m', verifyLifetime: 3600 },
      passwords: { minLength: 15, words: ['shop'], breached: pwnedPasswords({ fetch, timeout: '2s' }) },
    });
    // @ts-expect-error a duration without a unit
    () => createAuth({ secret, issuer, users, links: { resetLifetime: '30' } });
    // @ts-expect-error no such page
    () => createAuth({ secret, issuer, users, links: { register: `${issuer}/register` } });
    // @ts-expect-error a text
    () => createAuth({ secret, issuer, users, passwords: { minLength: '15' } });
    // @ts-expect-error one word is no list
    () => createAuth({ secret, issuer, users, passwords: { words: 'shop' } });
    // @ts-expect-error it must answer a promise
    () => createAuth({ secret, issuer, users, passwords: { breached: () => false } });
  });
});

describe('a refusal of the flows', () => {
  it('has its fields, and a password its reasons', () => {
    const caught: unknown = undefined;
    if (caught instanceof PasswordError) {
      expectTypeOf(caught.reasons).toEqualTypeOf<readonly PasswordReason[]>();
      expectTypeOf(caught.fields).toEqualTypeOf<Readonly<Record<string, string>>>();
    }
    if (caught instanceof TakenError) {
      expectTypeOf(caught.fields).toEqualTypeOf<Readonly<Record<string, string>>>();
      // @ts-expect-error only a password has reasons
      void caught.reasons;
    }
  });
});
