/** A `createAuth` with everything it stands on in the test's hands. */

import {
  type Auth,
  type AuthEvent,
  type AuthOptions,
  type Capability,
  createAuth,
  type PasswordHasher,
} from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { type CountingHasher, countingHasher } from './counting-hasher.ts';
import { issuer, secretA } from './fixed-secret.ts';
import { heardEvents } from './heard-events.ts';
import { type MovableClock, movableClock } from './movable-clock.ts';
import { type RecordingState, recordingState } from './recording-state.ts';
import { type Row, type UserTable, userTable } from './user-table.ts';

export interface Door<Hasher extends PasswordHasher = CountingHasher> {
  readonly auth: Auth<Row, Capability>;
  readonly table: UserTable;
  readonly state: RecordingState;
  readonly hasher: Hasher;
  readonly clock: MovableClock;
  readonly events: AuthEvent[];
}

/** What a door is made of; anything left out is new. A second door over the parts of a first is a restart. */
export interface DoorParts<Hasher extends PasswordHasher>
  extends Partial<
    Pick<
      AuthOptions<Row, UserTable>,
      | 'secret'
      | 'sessions'
      | 'realm'
      | 'identifierKind'
      | 'audience'
      | 'tokens'
      | 'tokenService'
      | 'links'
      | 'passwords'
      | 'notifier'
    >
  > {
  readonly table?: UserTable;
  readonly state?: RecordingState;
  readonly hasher?: Hasher;
  readonly clock?: MovableClock;
}

export const rightPassword = 'right password of alice';
export const wrongPassword = 'wrong password of nobody';

/** A row whose hash {@link countingHasher} reads. */
export function aliceRow(changes: Partial<Row> = {}): Row {
  return { key: 1, login: 'alice@shop.example', hash: `plain:1:${rightPassword}`, ...changes };
}

export function door<Hasher extends PasswordHasher = CountingHasher>(
  parts: DoorParts<Hasher> = {},
): Door<Hasher> {
  const { table = userTable(aliceRow()), clock = movableClock(), ...options } = parts;
  const state = parts.state ?? recordingState(memoryState({ clock }));
  const hasher = parts.hasher ?? (countingHasher() as PasswordHasher as Hasher);
  const auth = createAuth({ secret: secretA, issuer, ...options, users: table, state, hasher, clock });
  return { auth, table, state, hasher, clock, events: heardEvents(auth) };
}

/** Another process of the same application, or the same one after a restart: its own memory, the same stores. */
export function anotherDoor(
  { table, state, clock }: Pick<Door, 'table' | 'state' | 'clock'>,
  parts: DoorParts<CountingHasher> = {},
): Door {
  return door({ table, state, clock, ...parts });
}
