/** Signing a user out everywhere. */

import { InputError } from '../errors.ts';
import type { Events } from '../events.ts';
import { kindOf } from '../options.ts';
import type { UserCapabilities, UserId } from '../ports/user-store.ts';
import { isUserId } from '../user-id.ts';
import type { CheckedUsers } from '../users.ts';
import type { Revocations } from './revocation.ts';

/**
 * Ends every session and token of a user: `sessions.endAll` and `tokens.revokeAll` are this one act. Answers the mark
 * that ended them, for a session that follows.
 */
export type EndAll = (userId: UserId) => Promise<string>;

/** What {@link endAllOf} works on. */
export interface EndAllParts {
  readonly users: Pick<CheckedUsers<never>, 'idTypes'> & {
    readonly can: Partial<Pick<UserCapabilities<never>, 'bumpEpoch'>>;
  };
  readonly revocations: Revocations;
  readonly events: Events;
  /** Also what was mailed: whoever has taken a session over may have had a link sent to an address of theirs. */
  readonly links: { endAll(userId: UserId): Promise<void> };
  /** The host's own token service, which keeps its tokens somewhere else. */
  readonly otherTokens?: { revokeAll(userId: UserId): Promise<void> } | undefined;
}

/** The act. Each place is tried, whatever becomes of the others; the first that failed is what the caller hears of. */
export function endAllOf(parts: EndAllParts): EndAll {
  const { users, links, events } = parts;
  const bump = async (userId: UserId): Promise<void> => users.can.bumpEpoch?.(userId);
  return async (userId) => {
    const mark = await end(parts, userId, [bump, (id) => links.endAll(id)]);
    events.emit('session.ended', { userId });
    events.emit('token.revoked', { userId });
    return mark;
  };
}

/**
 * Tokens alone, and no word of it: before a write, or once more after it. Not the table's counter and the links, which
 * would also end a link that another has been sent since.
 */
export function endTokensOf(parts: EndAllParts): EndAll {
  return (given) => end(parts, given, []);
}

async function end(
  { users, revocations, otherTokens }: EndAllParts,
  given: UserId,
  more: readonly ((userId: UserId) => Promise<void>)[],
): Promise<string> {
  const userId = checkedUserId(given, users.idTypes);
  // `async`: a method of the host, over a synchronous driver, may throw before there is a promise.
  const revoke = async (): Promise<void> => otherTokens?.revokeAll(userId);
  const [marked, ...others] = await Promise.allSettled([
    revocations.endAll(userId),
    revoke(),
    ...more.map((act) => act(userId)),
  ]);
  if (marked.status === 'rejected') throw marked.reason;
  const failed = others.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return marked.value;
}

/**
 * The `sub` of a token is text. Where ids are numbers, a sign-out of '7' would end nothing of user 7 and say nothing of
 * it. Only for what could be an id of the other type: a table may have both.
 */
function refuseOtherType(seen: ReadonlySet<string>, id: UserId): void {
  if (seen.size === 0 || seen.has(typeof id)) return;
  if (typeof id === 'string' && !/^-?\d+$/.test(id)) return;
  throw new InputError({ userId: `is ${kindOf(id)}, and the ids of this table are not: convert it` });
}

/** The id, checked: it comes from the host's own code. `seen` is what the ids of the table are, as far as is known. */
export function checkedUserId(id: unknown, seen: ReadonlySet<string>): UserId {
  if (!isUserId(id)) {
    throw new InputError({ userId: `must be a text, a whole number or a bigint, got ${kindOf(id)}` });
  }
  refuseOtherType(seen, id);
  return id;
}
