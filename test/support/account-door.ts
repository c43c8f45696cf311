/** A door with every account flow switched on, and an outbox for its messages. */

import type { PasswordHasher } from '../../src/index.ts';
import type { CountingHasher } from './counting-hasher.ts';
import { type Door, type DoorParts, door } from './door.ts';
import { type Outbox, outbox } from './outbox.ts';
import type { Row } from './user-table.ts';

export interface AccountDoor<Hasher extends PasswordHasher = CountingHasher> extends Door<Hasher> {
  readonly outbox: Outbox<Row>;
  /** Waits for what follows the answers. */
  settled(): Promise<void>;
}

export const accountLinks = {
  verifyEmail: 'https://shop.example/users/verify',
  resetPassword: 'https://shop.example/users/reset',
  changeEmail: 'https://shop.example/account/email',
} as const;

/** A new password that no rule refuses. */
export const goodPassword = 'correct horse battery staple';
export const otherPassword = 'twelve purple umbrellas dancing';

export function accountDoor<Hasher extends PasswordHasher = CountingHasher>(
  parts: Omit<DoorParts<Hasher>, 'notifier'> & { readonly outbox?: Outbox<Row> } = {},
): AccountDoor<Hasher> {
  const { outbox: box = outbox<Row>(), ...others } = parts;
  const made = door<Hasher>({ links: accountLinks, ...others, notifier: box });
  return { ...made, outbox: box, settled: () => made.auth.close() };
}
