/** What the compiler refuses, and what it infers, for a host that writes TypeScript. */

import { assertType, describe, expectTypeOf, it } from 'vitest';
import {
  type Auth,
  type AuthCore,
  AuthError,
  type AuthEvent,
  type AuthUser,
  type CapabilitiesOf,
  createAuth,
  type Duration,
  type LoginResult,
  type NeedsUserStoreMethod,
  type UserId,
  type UserStatus,
  type UserStore,
} from '../../src/index.ts';

interface Customer {
  readonly customerId: number;
  readonly pwd: string | null;
  readonly mail: string;
}

declare const row: Customer;
const secret: string | undefined = '';
const issuer = 'https://shop.example';

const required = {
  findById: async (_id: UserId): Promise<Customer | undefined> => row,
  findByIdentifier: async (_mail: string): Promise<Customer | undefined> => row,
  toAuthUser: (customer: Customer): AuthUser => ({ id: customer.customerId, passwordHash: customer.pwd }),
};
const setStatus = async (_id: UserId, _status: UserStatus): Promise<boolean> => true;
const bumpEpoch = async (_id: UserId): Promise<void> => undefined;

describe('a capability', () => {
  it('that the store lacks cannot be called, and the compiler names the method', () => {
    const auth = createAuth({ secret, issuer, users: required });
    expectTypeOf(auth).toEqualTypeOf<Auth<Customer, never>>();
    expectTypeOf(auth.accounts.setStatus).toEqualTypeOf<NeedsUserStoreMethod<'setStatus'>>();
    // @ts-expect-error Type 'NeedsUserStoreMethod<"setStatus">' has no call signatures.
    () => auth.accounts.setStatus({ user: row, status: 'active' });
  });

  it('that the store has can be called', () => {
    const auth = createAuth({ secret, issuer, users: { ...required, setStatus } });
    expectTypeOf(auth).toEqualTypeOf<Auth<Customer, 'setStatus'>>();
    assertType<Promise<void>>(auth.accounts.setStatus({ user: row, status: 'disabled' }));
    // @ts-expect-error no such status
    () => auth.accounts.setStatus({ user: row, status: 'locked' });
    // @ts-expect-error not a row of this table
    () => auth.accounts.setStatus({ user: { id: 1 }, status: 'active' });
  });

  it('that may be undefined counts as missing', () => {
    const maybe: { setStatus?: typeof setStatus } = {};
    const users = { ...required, setStatus: maybe.setStatus, bumpEpoch };
    expectTypeOf<CapabilitiesOf<typeof users>>().toEqualTypeOf<'bumpEpoch'>();
    expectTypeOf<CapabilitiesOf<typeof required & typeof maybe>>().toEqualTypeOf<never>();
  });

  it('is read from a class too', () => {
    class Customers implements UserStore<Customer> {
      async findById(_id: UserId): Promise<Customer | null> {
        return row;
      }
      async findByIdentifier(_mail: string): Promise<Customer | null> {
        return row;
      }
      toAuthUser(customer: Customer): AuthUser {
        return { id: customer.customerId, passwordHash: customer.pwd };
      }
      async setStatus(_id: UserId, _status: UserStatus): Promise<boolean> {
        return true;
      }
    }
    expectTypeOf(createAuth({ secret, issuer, users: new Customers() })).toEqualTypeOf<
      Auth<Customer, 'setStatus'>
    >();
  });

  it('of a store of the bare interface is none', () => {
    const users: UserStore<Customer> = required;
    expectTypeOf(createAuth({ secret, issuer, users })).toEqualTypeOf<Auth<Customer, never>>();
  });

  it('is not asked for by the adapters', () => {
    assertType<AuthCore<Customer>>(createAuth({ secret, issuer, users: required }));
    assertType<AuthCore<Customer>>(createAuth({ secret, issuer, users: { ...required, setStatus } }));
  });
});

describe('the row of the host', () => {
  it('is inferred where no annotation says it', () => {
    const auth = createAuth({
      secret,
      issuer,
      users: {
        findById: async (_id) => row,
        findByIdentifier: async (_mail, _kind) => row,
        toAuthUser: (customer) => ({
          id: customer.customerId,
          passwordHash: customer.pwd,
          email: customer.mail,
        }),
      },
    });
    expectTypeOf(auth).toEqualTypeOf<Auth<Customer, never>>();
  });

  it('comes back from a login, on the signed-in branch only', async () => {
    const auth = createAuth({ secret, issuer, users: required });
    const login = (): Promise<LoginResult<Customer>> => auth.login({ identifier: 'a', password: 'p' });
    expectTypeOf<
      Extract<Awaited<ReturnType<typeof login>>, { status: 'signed-in' }>['user']
    >().toEqualTypeOf<Customer>();
    // @ts-expect-error the status must be looked at first
    () => login().then((result) => result.user);
  });

  it('comes back from a resumed session, which may be none', () => {
    const auth = createAuth({ secret, issuer, users: required });
    // @ts-expect-error it may be null
    () => auth.sessions.resume({}).then((session) => session.user);
    () => auth.sessions.resume({}).then((session) => assertType<Customer | undefined>(session?.user));
  });
});

describe('a mistake that does not compile', () => {
  it('is an option', () => {
    // @ts-expect-error no secret
    () => createAuth({ issuer, users: required });
    // @ts-expect-error no issuer
    () => createAuth({ secret, users: required });
    // @ts-expect-error no users
    () => createAuth({ secret, issuer });
    // @ts-expect-error a misspelt option
    () => createAuth({ secret, issuer, users: required, sesions: {} });
    // @ts-expect-error a bare number as text
    () => createAuth({ secret, issuer, users: required, sessions: { idle: '900' } });
    // @ts-expect-error undefined is not an option's value
    () => createAuth({ secret, issuer, users: required, realm: undefined });
    // @ts-expect-error nor in a group
    () => createAuth({ secret, issuer, users: required, sessions: { idle: undefined } });
  });

  it('is a user store', () => {
    const { findById, findByIdentifier, toAuthUser } = required;
    // @ts-expect-error toAuthUser is missing
    () => createAuth({ secret, issuer, users: { findById, findByIdentifier } });
    const users = { findById, findByIdentifier };
    const promised = async () => toAuthUser(row);
    // @ts-expect-error toAuthUser must not be async
    () => createAuth({ secret, issuer, users: { ...users, toAuthUser: promised } });
    const badId = () => ({ id: {}, passwordHash: null });
    // @ts-expect-error an id that is no id
    () => createAuth({ secret, issuer, users: { ...users, toAuthUser: badId } });
    // @ts-expect-error setStatus must say whether there was such a user
    () => createAuth({ secret, issuer, users: { ...required, setStatus: async () => undefined } });
  });

  it('is an AuthUser with undefined instead of null', () => {
    // @ts-expect-error a password hash that is not there is null
    assertType<AuthUser>({ id: 1, passwordHash: undefined });
    // @ts-expect-error left out, not undefined
    assertType<AuthUser>({ id: 1, passwordHash: null, status: undefined });
    assertType<AuthUser>({ id: 1n, passwordHash: null, email: null });
  });

  it('is an input', () => {
    const auth = createAuth({ secret, issuer, users: required });
    // @ts-expect-error no password
    () => auth.login({ identifier: 'a' });
    // @ts-expect-error an id that is no id
    () => auth.sessions.endAll(null);
    () => auth.login({ identifier: 'a', password: 'p' }, { ip: undefined, userAgent: undefined });
  });

  it('is a duration', () => {
    assertType<readonly Duration[]>([900, '900s', '15m', '12h', '14d']);
    // @ts-expect-error no unit
    assertType<Duration>('900');
    // @ts-expect-error a unit that is none
    assertType<Duration>('900ms');
    // @ts-expect-error not whole
    assertType<Duration>('1.5h');
  });

  it('is an event', () => {
    const auth = createAuth({ secret, issuer, users: required });
    // @ts-expect-error no such event
    auth.on('login.suceeded', () => undefined);
    // @ts-expect-error no such detail
    auth.on('session.started', (event) => event.reason);
    auth.on('login.failed', (event) => expectTypeOf(event).toEqualTypeOf<AuthEvent<'login.failed'>>());
  });

  it('is an error code', () => {
    const caught: unknown = undefined;
    // @ts-expect-error no such code
    AuthError.is(caught, 'ERR_LOGIN_REFUSED');
    if (AuthError.is(caught, 'ERR_LOGIN_REJECTED')) {
      assertType<AuthError>(caught);
      expectTypeOf(caught.code).toEqualTypeOf<'ERR_LOGIN_REJECTED'>();
    }
  });

  it('leaves an error that has another code what it is', () => {
    const caught: unknown = undefined;
    if (!AuthError.is(caught)) return;
    if (AuthError.is(caught, 'ERR_LOGIN_REJECTED')) return;
    expectTypeOf(caught).toEqualTypeOf<AuthError>();
  });
});
