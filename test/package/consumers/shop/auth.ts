/** `createAuth`, and what is exported of it without saying its type: the declarations of this file are written out. */

import {
  type Auth,
  AuthError,
  type Capability,
  ConfigError,
  consoleNotifier,
  createAuth,
  InputError,
  type Notifier,
  PasswordError,
  pwnedPasswords,
  RetryError,
  TakenError,
} from 'ostiary';
import { bcrypt, hasherChain, scrypt } from 'ostiary/hashers';
import { memoryState } from 'ostiary/stores/memory';
import { type Customer, Customers, customers } from './customers.js';

const secret: string | undefined = 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA';
const issuer = 'https://shop.example';

export const state = memoryState({ maxRecords: 1000 });
export const printed = consoleNotifier({ print: (text) => text.length });
export const notifier: Notifier<Customer> = { deliver: async ({ to, user, url }) => [to, user.mail, url] };
export const hasher = hasherChain([scrypt(), bcrypt({ cost: 12, maxCost: 14 })]);
export const plainAuth = createAuth({ secret, issuer, users: customers });
export const auth = createAuth({
  secret: [secret, 'another-secret-of-at-least-32-bytes'],
  issuer,
  audience: 'https://api.shop.example',
  users: new Customers(),
  state,
  hasher,
  sessions: { idle: '30m', absolute: '12h', registry: true },
  tokens: {
    expiresIn: '5m',
    scopes: (customer, asked) => (customer.status === 'active' ? asked : []),
    refresh: { idle: '14d', absolute: '90d', grace: '10s' },
    legacy: [
      {
        key: 'the secret that jsonwebtoken had',
        algorithms: ['HS256'],
        claims: ({ id }) => (typeof id === 'number' ? { sub: id } : null),
        until: new Date(0),
      },
    ],
  },
  links: { verifyEmail: `${issuer}/verify`, resetPassword: `${issuer}/reset`, resetLifetime: '30m' },
  passwords: {
    minLength: 15,
    words: ['shop'],
    breached: pwnedPasswords({ fetch: async () => ({ status: 200, body: null }) }),
  },
  notifier,
  identifierKind: (identifier) => (identifier.includes('@') ? 'email' : 'number'),
  clock: Date,
});
export const inlineAuth = createAuth({
  secret,
  issuer,
  users: {
    findById: async (id) => customers.findById(id),
    findByIdentifier: async (mail, _kind) => customers.findByIdentifier(mail),
    toAuthUser: (row: Customer) => ({ id: row.customerId, passwordHash: row.pwd }),
    bumpEpoch: async (_id) => undefined,
  },
});

export const { sessions, tokens, users, clock } = auth;
export const { setStatus, close } = auth.accounts;
export const { register, passwords, emails } = auth;
export const noRegister = plainAuth.register;
export const absent = plainAuth.accounts.setStatus;
export const login = (identifier: string, password: string) =>
  auth.login({ identifier, password }, { ip: undefined, userAgent: undefined });
export const claimsOf = (token: string) => auth.tokens.verify(token, { maxStaleness: '5s' });
export const publicKeys = async () => (await auth.tokens.jwks()).keys;
export const refreshed = async (token: string) => (await auth.tokens.refresh(token)).refreshToken?.length;
export const issued = (row: Customer) => auth.tokens.issue(row, { refresh: true, userAgent: undefined });
export const resume = async (stamp: unknown) => (await auth.sessions.resume(stamp))?.user;

// What the store can do is in the type, to the letter.
export const all: Auth<Customer, Capability> = auth;
export const none: Auth<Customer, never> = plainAuth;
export const some: Auth<Customer, 'bumpEpoch'> = inlineAuth;
// @ts-expect-error the store has no bumpEpoch
export const more: Auth<Customer, 'setStatus' | 'bumpEpoch'> = createAuth({
  secret,
  issuer,
  users: { ...customers, setStatus: async () => true },
});

export async function registered(email: string, password: string): Promise<Customer | string> {
  const result = await auth.register({ email, password, profile: { invited: false } }, { ip: undefined });
  // @ts-expect-error the status has not been looked at
  void result.user;
  return result.status === 'registered' ? result.user : result.deviceToken;
}

export async function verified(token: string, deviceToken: string | undefined): Promise<Customer | null> {
  const result = await auth.emails.verify({ token }, { deviceToken });
  return result.status === 'verified' ? result.user : null;
}

export const reset = async (token: string, newPassword: string) =>
  (await auth.passwords.reset({ token, newPassword })).user;
// @ts-expect-error the store has no updatePasswordHash
export const noReset = () => plainAuth.passwords.requestReset({ identifier: 'ann' });

export async function disable(row: Customer): Promise<void> {
  await auth.accounts.setStatus({ user: row, status: 'disabled' });
  // @ts-expect-error the store has no setStatus
  await plainAuth.accounts.setStatus({ user: row, status: 'disabled' });
  // @ts-expect-error nor has this one
  await inlineAuth.accounts.setStatus({ user: row, status: 'disabled' });
  // @ts-expect-error no such status
  await auth.accounts.setStatus({ user: row, status: 'locked' });
}

export const unsubscribe = auth.on('login.failed', (event) => {
  const reason: 'disabled' | 'unknown-identifier' | string = event.reason;
  // @ts-expect-error a refused login starts no session
  return [reason, event.at.getTime(), event.ip?.length, event.sessionId];
});
auth.on('session.started', ({ sessionId, userId }) => [sessionId.length, typeof userId]);
// @ts-expect-error no such event
auth.on('login.suceeded', () => undefined);

export async function signedIn(identifier: string, password: string): Promise<Customer | string> {
  try {
    const result = await login(identifier, password);
    // @ts-expect-error the status has not been looked at
    void result.user;
    return result.status === 'signed-in' ? result.user : result.status;
  } catch (error) {
    if (!AuthError.is(error)) throw error;
    if (error instanceof PasswordError) return [...error.reasons, ...Object.values(error.fields)].join();
    if (error instanceof InputError || error instanceof TakenError) return Object.keys(error.fields).join();
    if (error instanceof RetryError) return `${error.retryAfterSeconds} s`;
    if (error instanceof ConfigError) return error.option;
    // @ts-expect-error no such code
    if (error.code === 'ERR_LOGIN_REFUSED') return '';
    return AuthError.is(error, 'ERR_LOGIN_REJECTED') ? error.code : error.message;
  }
}

// @ts-expect-error undefined is not an option's value
createAuth({ secret, issuer, users: customers, realm: undefined });
// @ts-expect-error a misspelt option
createAuth({ secret, issuer, users: customers, sesions: {} });
// @ts-expect-error a duration without a unit
createAuth({ secret, issuer, users: customers, sessions: { idle: '900' } });
