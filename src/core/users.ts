/** The host's user store, with its answers checked at the border. */

import { ConfigError, InputError } from './errors.ts';
import { faultOf } from './fault.ts';
import { kindOf, withMethods } from './options.ts';
import type { AuthUser, Capability, UserCapabilities, UserId, UserStore } from './ports/user-store.ts';
import { isUserId } from './user-id.ts';

/** The store as the core uses it: the required half with checked answers, the optional half where it is there. */
export interface CheckedUsers<User> extends UserStore<User> {
  readonly can: Partial<UserCapabilities<User>>;
  /** What `typeof` says of the ids that were seen so far. */
  readonly idTypes: Set<string>;
}

/**
 * Wraps the host's store. A row of a misspelt column would otherwise be a user without an id or a password that
 * nobody can explain; here it is a `ConfigError` that names the field.
 */
export function checkedUsers<User>(
  store: UserStore<User> & Partial<UserCapabilities<User>>,
): CheckedUsers<User> {
  withMethods('a user store', ['findById', 'findByIdentifier', 'toAuthUser'])(store, 'users');
  const idTypes = new Set<string>();
  return {
    idTypes,
    findById: async (id) => oneRow('findById', await faulty(store.findById(id))),
    findByIdentifier: async (identifier, kind) =>
      oneRow('findByIdentifier', await faulty(store.findByIdentifier(identifier, kind))),
    toAuthUser: (user) => {
      if (user === null || user === undefined) throw new InputError({ user: 'is missing' });
      const authUser = checkedUser(store.toAuthUser(user));
      idTypes.add(typeof authUser.id);
      return authUser;
    },
    can: {
      ...bound(store, 'create'),
      ...bound(store, 'replaceEmail'),
      ...bound(store, 'bumpEpoch'),
      ...bound(store, 'updatePasswordHash', yesOrNo),
      ...bound(store, 'markEmailVerified', yesOrNo),
      ...bound(store, 'setStatus', yesOrNo),
      ...bound(store, 'delete', yesOrNo),
    },
  };
}

async function faulty<T>(found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    throw faultOf(error);
  }
}

/**
 * The method of a capability.
 *
 * @throws {ConfigError} naming it, for those who call without a compiler.
 */
export function capability<User, Name extends Capability>(
  users: Pick<CheckedUsers<User>, 'can'>,
  name: Name,
  purpose: string,
): UserCapabilities<User>[Name] {
  const method = users.can[name];
  if (method !== undefined) return method as UserCapabilities<User>[Name];
  throw new ConfigError(`users.${name}`, `is missing: add this method to your user store to ${purpose}`);
}

/** What database drivers answer is a list, more often than not. */
function oneRow<User>(method: string, found: User | null | undefined): User | null {
  if (found === null || found === undefined) return null;
  if (typeof found === 'object' && !Array.isArray(found)) return found;
  throw new ConfigError(
    `users.${method}`,
    `must return one row, or null when there is none, got ${kindOf(found)}`,
  );
}

function bound<User, Name extends Capability>(
  store: Partial<UserCapabilities<User>>,
  name: Name,
  check: (answer: unknown, name: string) => unknown = (answer) => answer,
): { [Key in Name]?: UserCapabilities<User>[Name] } {
  const method: unknown = store[name];
  if (method === undefined || method === null) return {};
  if (typeof method !== 'function')
    throw new ConfigError(`users.${name}`, `must be a function, got ${kindOf(method)}`);
  const call = async (...given: readonly unknown[]): Promise<unknown> =>
    check(await faulty(Reflect.apply(method, store, given)), name);
  return { [name]: call } as { [Key in Name]: UserCapabilities<User>[Name] };
}

/** What a driver answers, such as `{ rowCount: 0 }`, is true to JavaScript, and nothing was written. */
function yesOrNo(answer: unknown, name: string): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new ConfigError(
    `users.${name}`,
    `must say true or false, whether it changed a row, got ${kindOf(answer)}`,
  );
}

function checkedUser(user: AuthUser): AuthUser {
  if (user instanceof Promise) {
    user.catch(() => undefined);
    throw new ConfigError('users.toAuthUser', 'returned a promise: it must be synchronous');
  }
  if (typeof user !== 'object' || user === null) {
    throw new ConfigError('users.toAuthUser', `must return an object, got ${kindOf(user)}`);
  }
  if (isUserId(user.id)) return withKnownProof(user);
  const hint =
    typeof user.id === 'object' && user.id !== null
      ? 'for an ObjectId return String(row._id)'
      : 'is that the name of the column, and did the finder return one row?';
  throw new ConfigError(
    'users.toAuthUser',
    `must return an id that is a text, a whole number or a bigint, got ${kindOf(user.id)}; ${hint}`,
  );
}

/** A column that holds 0, `null` or 'f' is no `false` to JavaScript's eye: who has proven nothing would come in. */
function withKnownProof(user: AuthUser): AuthUser {
  const { emailVerified } = user;
  if (emailVerified === undefined || typeof emailVerified === 'boolean') return user;
  throw new ConfigError(
    'users.toAuthUser.emailVerified',
    `must be true or false, got ${kindOf(emailVerified)}; write row.email_verified === 1, or what your column holds`,
  );
}

/** The stored hash, or `null` where there is no text: then no password is right. */
export function passwordHashOf(user: AuthUser | null): string | null {
  return typeof user?.passwordHash === 'string' ? user.passwordHash : null;
}

/** The roles. A text in place of a list would hold its parts: `administrator` is no `admin`. */
export function rolesOf(user: AuthUser): readonly string[] {
  const { roles } = user;
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

/** Whether the account may be used. A status this version does not know is not `active`. */
export function isActive(user: AuthUser): boolean {
  return (user.status ?? 'active') === 'active';
}

/** Whether the account may be used, or may become so by a proof of its address: links and passwords count for it. */
export function isOpen(user: AuthUser): boolean {
  return isActive(user) || user.status === 'pending';
}

/** Whether nobody has proven yet that the address is theirs. A table that does not know says nothing of it. */
export function isUnverified(user: AuthUser): boolean {
  return user.emailVerified === false || (user.status === 'pending' && user.emailVerified !== true);
}

/** The user of this id, provided that the store really answered with that user and not with a look-alike. */
export async function findExactly<User>(
  users: CheckedUsers<User>,
  id: UserId,
): Promise<{ readonly row: User; readonly user: AuthUser } | null> {
  const row = await users.findById(id);
  if (row === null || row === undefined) return null;
  const user = users.toAuthUser(row);
  // A loose comparison in the host's query (`'7abc' = 7`) must not open another account.
  return user.id === id ? { row, user } : null;
}
