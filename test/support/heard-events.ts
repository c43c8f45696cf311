/** Every event of one `createAuth`, in the order in which they were told. */

import type { AuthCore, AuthEvent, AuthEventName } from '../../src/index.ts';

/** A row for each name: the compiler misses one that a later version adds. */
const names: Readonly<Record<AuthEventName, true>> = {
  'login.succeeded': true,
  'login.failed': true,
  'password.rehashed': true,
  'password.rehash-skipped': true,
  'password.changed': true,
  'password.rejected': true,
  'password.reset-requested': true,
  'password.breach-check-failed': true,
  'account.registered': true,
  'account.registration-refused': true,
  'account.closed': true,
  'account.link-rejected': true,
  'email.verification-requested': true,
  'email.verified': true,
  'email.change-requested': true,
  'email.changed': true,
  'notification.failed': true,
  'session.started': true,
  'session.ended': true,
  'token.issued': true,
  'token.refreshed': true,
  'token.reused': true,
  'token.legacy-accepted': true,
  'token.revoked': true,
  'token.accepted-unchecked': true,
  'account.status-changed': true,
};

export const eventNames: readonly AuthEventName[] = Object.keys(names) as AuthEventName[];

/** A list that grows while the events are told. */
export function heardEvents(auth: Pick<AuthCore<unknown>, 'on'>): AuthEvent[] {
  const heard: AuthEvent[] = [];
  for (const name of eventNames) auth.on(name, (event) => heard.push(event));
  return heard;
}
