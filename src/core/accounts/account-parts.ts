/** What the flows of an account work on. */

import type { Events } from '../events.ts';
import type { Admission } from '../login/admission.ts';
import type { Clock } from '../ports/clock.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import type { Secrets } from '../secrets.ts';
import type { CredentialEpochs } from '../sessions/credential-epoch.ts';
import type { EndAll } from '../tokens/end-all.ts';
import type { Revocations } from '../tokens/revocation.ts';
import type { CheckedUsers } from '../users.ts';
import type { ClassifyIdentifier } from './identifier.ts';
import type { Links } from './links.ts';
import type { Notifications } from './notifications.ts';
import type { PasswordPolicy } from './password-policy.ts';
import type { UnverifiedAccounts } from './unverified-accounts.ts';

/** One of each `createAuth`. */
export interface AccountParts<User> {
  readonly users: CheckedUsers<User>;
  readonly hasher: PasswordHasher;
  readonly admission: Admission;
  readonly policy: PasswordPolicy;
  readonly links: Links<User>;
  readonly unverified: UnverifiedAccounts;
  readonly notifications: Notifications<User>;
  readonly epochs: CredentialEpochs;
  readonly revocations: Revocations;
  readonly endAll: EndAll;
  readonly endTokens: EndAll;
  readonly secrets: Secrets;
  readonly events: Events;
  readonly clock: Clock;
  readonly classify: ClassifyIdentifier;
  /** Whether addresses are verified here: `links.verifyEmail` is set. */
  readonly verifiesEmail: boolean;
}
