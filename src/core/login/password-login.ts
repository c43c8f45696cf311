/** Logging in with a password. */

import type { ClassifyIdentifier, Identifier } from '../accounts/identifier.ts';
import { mac } from '../crypto.ts';
import { AuthError } from '../errors.ts';
import type { EventOrigin, Events, LoginFailure } from '../events.ts';
import type { Authentication } from '../ports/authentication.ts';
import type { Clock } from '../ports/clock.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import type { AuthUser } from '../ports/user-store.ts';
import { secondsNow } from '../seconds-now.ts';
import type { Secrets } from '../secrets.ts';
import type { Revocations } from '../tokens/revocation.ts';
import { type CheckedUsers, findExactly, isActive, isUnverified, passwordHashOf } from '../users.ts';
import type { Admission } from './admission.ts';
import { type LoginInput, readLogin } from './login-input.ts';
import type { Rehash } from './rehash.ts';
import { laneOf, originOf, type RequestContext } from './request-context.ts';

/**
 * What comes next after the right password. A status other than `signed-in` is not signed in, also one that a later
 * version adds.
 */
export type LoginResult<User> =
  | { readonly status: 'signed-in'; readonly user: User; readonly authentication: Authentication }
  | { readonly status: 'verification-required' };

/** What the login works on. */
export interface PasswordLoginParts<User> {
  readonly users: CheckedUsers<User>;
  readonly hasher: PasswordHasher;
  readonly admission: Admission;
  readonly revocations: Revocations;
  readonly rehash: Rehash<User>;
  readonly events: Events;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly classify: ClassifyIdentifier;
  /** Whether addresses are verified here: `links.verifyEmail` is set. */
  readonly verifiesEmail: boolean;
}

interface Candidate<User> {
  readonly row: User;
  readonly user: AuthUser;
}

/**
 * The same calls for everyone: one look-up, one read of a mark, one `verify` that always costs the same. Only after
 * the password was right does the account's state matter.
 */
export async function passwordLogin<User>(
  parts: PasswordLoginParts<User>,
  input: LoginInput,
  context: RequestContext = {},
): Promise<LoginResult<User>> {
  const { identifier, password } = readLogin(input, parts.classify);
  const origin = originOf(context);
  const lane = laneOf(origin, identifier.value);
  const candidate = await find(parts, identifier);
  // Before the comparison: a reset that happens while the password is compared must end this login too.
  const gen =
    candidate === null
      ? await parts.revocations.markOfNobody(identifier.value)
      : await parts.revocations.mark(candidate.user.id);
  const hash = passwordHashOf(candidate?.user ?? null);
  const right = await parts.admission.run(lane, () => parts.hasher.verify(password, hash));
  if (candidate === null || hash === null || right !== true) {
    throw rejected(parts, origin, failureOf(parts, candidate, hash), identifier, candidate);
  }
  if (needsVerification(parts, candidate.user)) {
    parts.events.emit('login.failed', {
      ...origin,
      reason: 'verification-required',
      userId: candidate.user.id,
    });
    return { status: 'verification-required' };
  }
  if (!isActive(candidate.user)) throw rejected(parts, origin, 'disabled', identifier, candidate);
  if (gen !== null && !(await isUnchanged(parts, candidate.user))) {
    throw rejected(parts, origin, 'changed-meanwhile', identifier, candidate);
  }
  const user = await parts.rehash.upgrade({ ...candidate, password, lane });
  parts.events.emit('login.succeeded', { ...origin, userId: candidate.user.id });
  const at = secondsNow(parts.clock);
  return { status: 'signed-in', user, authentication: { methods: ['pwd'], at, gen } };
}

/** A table that has the column may have had it for long: it counts once the host sends links that fill it. */
function needsVerification<User>({ verifiesEmail }: PasswordLoginParts<User>, user: AuthUser): boolean {
  if (user.status === 'pending') return true;
  return verifiesEmail && isActive(user) && isUnverified(user);
}

/**
 * The row was read before the mark. Somebody who was signed out everywhere between the two, by a new password or a
 * disabled account, would otherwise come in with the old row and the new mark.
 */
async function isUnchanged<User>(parts: PasswordLoginParts<User>, user: AuthUser): Promise<boolean> {
  const now = await findExactly(parts.users, user.id);
  return now !== null && isActive(now.user) && passwordHashOf(now.user) === passwordHashOf(user);
}

async function find<User>(
  parts: PasswordLoginParts<User>,
  { value, kind }: Identifier,
): Promise<Candidate<User> | null> {
  const row = await parts.users.findByIdentifier(value, kind);
  return row === null || row === undefined ? null : { row, user: parts.users.toAuthUser(row) };
}

/** One error for every reason; the event knows the true one. */
function rejected<User>(
  parts: PasswordLoginParts<User>,
  origin: EventOrigin,
  reason: LoginFailure,
  identifier: Identifier,
  candidate: Candidate<User> | null,
): AuthError {
  // For everyone, though only a stranger's is told: a clock would see for whom it is computed.
  const identifierHash = mac(parts.secrets.current('identifier').key, identifier.kind, identifier.value);
  const who = candidate === null ? { identifierHash } : { userId: candidate.user.id };
  parts.events.emit('login.failed', { ...origin, reason, ...who });
  return new AuthError('ERR_LOGIN_REJECTED', 'Incorrect username or password');
}

function failureOf<User>(
  parts: PasswordLoginParts<User>,
  candidate: Candidate<User> | null,
  hash: string | null,
): LoginFailure {
  // For everyone, as above.
  const usable = parts.hasher.recognises(hash ?? '');
  if (candidate === null) return 'unknown-identifier';
  // A hash that is there but is no text is as unusable as one of another library.
  if (hash === null) return candidate.user.passwordHash === null ? 'no-password' : 'hash-unusable';
  return usable ? 'wrong-password' : 'hash-unusable';
}
