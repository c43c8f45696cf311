/** Making an account. */

import { ConfigError, TakenError } from '../errors.ts';
import type { EventOrigin } from '../events.ts';
import { laneOf, originOf, type RequestContext } from '../login/request-context.ts';
import { kindOf } from '../options.ts';
import type { Authentication } from '../ports/authentication.ts';
import { secondsNow } from '../seconds-now.ts';
import { capability, isUnverified, passwordHashOf } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import type { FoundUser } from './current-password.ts';
import { hashNewPassword } from './new-password.ts';
import { deviceTokenFor } from './registering-browser.ts';
import { type Registration, type RegistrationInput, readRegistration } from './registration-input.ts';
import { announceRegistration } from './registration-notice.ts';

/** What comes next. A status other than `registered` is not signed in. */
export type RegisterResult<User> =
  | { readonly status: 'registered'; readonly user: User; readonly authentication: Authentication }
  | {
      readonly status: 'check-inbox';
      /** For a cookie of this browser: with it the link in the mail works here without the password. */
      readonly deviceToken: string;
    };

/** One insert decides. Where addresses are verified, a free and a taken one get the same answer after the same work. */
export async function register<User>(
  parts: AccountParts<User>,
  input: RegistrationInput,
  context: RequestContext = {},
): Promise<RegisterResult<User>> {
  const create = capability(parts.users, 'create', 'register people');
  const read = readRegistration(input, { classify: parts.classify, needsEmail: parts.verifiesEmail });
  const { email, username, password, profile } = read;
  const origin = originOf(context);
  const lane = laneOf(origin, email ?? username ?? '');
  // Before the insert, which may say of two taken identifiers the one or the other: that a name is taken is said, and must
  // not depend on whether the address is.
  if (parts.verifiesEmail && (await ownerOfUsername(parts, read)) === 'another')
    throw new TakenError('username');
  const passwordHash = await hashNewPassword(parts, 'password', password, read, lane);
  const answer: unknown = await create({
    ...(email === undefined ? {} : { email }),
    ...(username === undefined ? {} : { username }),
    passwordHash,
    profile,
  });
  const created = readCreated(parts, answer, passwordHash);
  if (!parts.verifiesEmail || email === undefined) return registered(parts, created, origin);
  if (created === 'username' && (await ownerOfUsername(parts, read)) !== 'own')
    throw new TakenError('username');
  const row = typeof created === 'string' ? null : created;
  const answered = { email, username, profile, passwordHash, created: row, origin };
  parts.notifications.later('verify-email', row?.user.id, () => announceRegistration(parts, answered), email);
  return { status: 'check-inbox', deviceToken: deviceTokenFor(parts.secrets, email, passwordHash) };
}

function registered<User>(
  parts: AccountParts<User>,
  created: FoundUser<User> | 'email' | 'username',
  origin: EventOrigin,
): RegisterResult<User> {
  if (typeof created === 'string') throw new TakenError(created);
  const { row, user } = created;
  parts.events.emit('account.registered', { ...origin, userId: user.id, again: false });
  // Without a mark: it is read when the session starts. A store that fails here would leave an account and no answer.
  return {
    status: 'registered',
    user: row,
    authentication: { methods: ['pwd'], at: secondsNow(parts.clock) },
  };
}

/**
 * Whose the user name is. `own`: of the unverified account with this address, which whoever fills in the same form once
 * more, because no mail came, may register again.
 */
async function ownerOfUsername<User>(
  parts: AccountParts<User>,
  { username, email }: Registration,
): Promise<'nobody' | 'own' | 'another'> {
  if (username === undefined || email === undefined) return 'nobody';
  const named = await parts.users.findByIdentifier(username, parts.classify(username));
  if (named === null || named === undefined) return 'nobody';
  const owner = parts.users.toAuthUser(named);
  const addressed = await parts.users.findByIdentifier(email, 'email');
  const isOwn =
    addressed !== null && addressed !== undefined && parts.users.toAuthUser(addressed).id === owner.id;
  return isOwn && isUnverified(owner) ? 'own' : 'another';
}

/** The new account, or the identifier that is taken. */
function readCreated<User>(
  parts: AccountParts<User>,
  answer: unknown,
  passwordHash: string,
): FoundUser<User> | 'email' | 'username' {
  const { ok, taken, user: row } = (answer ?? {}) as Record<string, unknown>;
  if (ok === false && (taken === 'email' || taken === 'username')) return taken;
  if (ok !== true || row === null || row === undefined) {
    throw new ConfigError(
      'users.create',
      `must return { ok: true, user } or { ok: false, taken: 'email' | 'username' }, got ${kindOf(answer)}`,
    );
  }
  const user = parts.users.toAuthUser(row as User);
  if (passwordHashOf(user) !== passwordHash) {
    throw new ConfigError(
      'users.create',
      `must return the new row, with the ${passwordHash.length} characters of its password hash as they were handed over: is the column wide enough?`,
    );
  }
  if (parts.verifiesEmail && !isUnverified(user)) {
    // Otherwise whoever types an address that is not theirs has its account at once.
    throw new ConfigError(
      'users.create',
      'must make an account whose address is not verified yet, since links.verifyEmail is set: toAuthUser must say emailVerified: false of it',
    );
  }
  return { row: row as User, user };
}
