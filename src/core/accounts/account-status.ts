/** Disabling an account and enabling it again. */

import { InputError } from '../errors.ts';
import { kindOf } from '../options.ts';
import type { UserStatus } from '../ports/user-store.ts';
import { capability } from '../users.ts';
import type { AccountParts } from './account-parts.ts';

const statuses: readonly unknown[] = ['active', 'pending', 'disabled'] satisfies readonly UserStatus[];

/**
 * Sets the status and ends every session of the user, whichever way it is set: what was stolen before an account was
 * disabled must not live again when it is enabled. The sessions end first; if the write fails then, the user signs in
 * again and nothing worse has happened.
 */
export async function setStatus<User>(
  parts: Pick<AccountParts<User>, 'users' | 'endAll' | 'endTokens' | 'events'>,
  input: { readonly user: User; readonly status: UserStatus },
): Promise<void> {
  const write = capability(parts.users, 'setStatus', 'set a status');
  if (typeof input !== 'object' || input === null) {
    throw new InputError({ user: `setStatus takes one object, { user, status }, got ${kindOf(input)}` });
  }
  if (!statuses.includes(input.status)) {
    throw new InputError({ status: `must be one of ${statuses.join(', ')}, got ${kindOf(input.status)}` });
  }
  const { id } = parts.users.toAuthUser(input.user);
  const ended = await settle(parts.endAll(id));
  // A state store that is down must not keep an account open: its status alone stops every session meanwhile.
  if (ended.status === 'rejected' && input.status === 'active') throw ended.reason;
  if (!(await write(id, input.status))) throw new InputError({ user: 'the user store has no such user' });
  // Before what may fail: an audit that goes by events must know of an account that is disabled.
  parts.events.emit('account.status-changed', { userId: id, status: input.status });
  if (ended.status === 'rejected') throw ended.reason;
  // Once more: a login between the two writes carries the new mark, and saw an account that was still active.
  if (input.status !== 'active') await parts.endTokens(id);
}

async function settle(act: Promise<unknown>): Promise<PromiseSettledResult<unknown>> {
  const [result] = await Promise.allSettled([act]);
  return result;
}
