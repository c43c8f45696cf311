/** A door whose logins have refresh tokens, over a store that can be looked into. */

import {
  AuthError,
  type AuthErrorCode,
  type IssueOptions,
  type RefreshOptions,
  type TokenPair,
} from '../../src/index.ts';
import { type AccountDoor, accountDoor } from './account-door.ts';
import { aliceRow, type Door, type DoorParts, door } from './door.ts';
import { movableClock } from './movable-clock.ts';
import { type OpenState, openState } from './open-state.ts';
import { type RecordingState, recordingState } from './recording-state.ts';
import { seededRandom } from './seeded-random.ts';
import { inTurns, type Turns, turns } from './turns.ts';
import { type Row, type UserTable, userTable } from './user-table.ts';

type Parts = Omit<DoorParts<Door['hasher']>, 'notifier'>;

export interface RefreshDoor extends AccountDoor {
  readonly records: OpenState;
  /** What it was made of. */
  readonly parts: Parts;
}

/** A table that has no counter for its rows: what a sign-out ends there, the revocation mark alone has ended. */
export function tableWithoutEpochs(...rows: Row[]): UserTable {
  const { bumpEpoch: _missing, ...table } = userTable(...rows);
  return table as UserTable;
}

/** A pair that has a refresh token. */
export type Pair = TokenPair & { readonly refreshToken: string };

/** What came of a refresh. */
export type Use =
  | { readonly code: 'refreshed'; readonly pair: Pair }
  | { readonly code: AuthErrorCode; readonly pair?: undefined };

/** Grants what is asked for. The store may be wrapped: `state` is made of the one that can be looked into. */
export function refreshDoor(
  {
    grace = 10,
    refresh = {},
    ...parts
  }: Parts & { readonly grace?: number; readonly refresh?: { idle?: number; absolute?: number } } = {},
  wrapped: (records: OpenState) => RecordingState = recordingState,
): RefreshDoor {
  const clock = parts.clock ?? movableClock();
  const records = openState(clock);
  const tokens = {
    scopes: (_user: unknown, asked: readonly string[]) => asked,
    ...parts.tokens,
    refresh: { grace, ...refresh },
  };
  const all = { ...parts, clock, tokens };
  return { ...accountDoor({ ...all, state: wrapped(records) }), records, parts: all };
}

/** Another process over the same stores. */
export function processOf(
  made: RefreshDoor,
  { state = recordingState(made.records), ...parts }: Parts = {},
): RefreshDoor {
  const all = { ...made.parts, table: made.table, ...parts };
  return { ...accountDoor({ ...all, state }), records: made.records, parts: all };
}

/** A login of the user with this key, whose row need not be there. */
export async function loginOf(
  { auth, table }: Pick<Door, 'auth' | 'table'>,
  options: IssueOptions = {},
  key = 1,
): Promise<Pair> {
  const row = table.rows.find((each) => each.key === key) ?? aliceRow({ key });
  return pairOf(await auth.tokens.issue(row, { refresh: true, ...options }));
}

/** One use of a refresh token. What is no refusal of ours is a fault of ours. */
export async function useOf(
  { auth }: Pick<Door, 'auth'>,
  refreshToken: string,
  options: RefreshOptions = {},
): Promise<Use> {
  try {
    return { code: 'refreshed', pair: pairOf(await auth.tokens.refresh(refreshToken, options)) };
  } catch (error) {
    if (AuthError.is(error)) return { code: error.code };
    throw error;
  }
}

/** A refresh that must go well. */
export async function refreshed(
  made: Pick<Door, 'auth'>,
  refreshToken: string,
  options: RefreshOptions = {},
): Promise<Pair> {
  return pairOf(await made.auth.tokens.refresh(refreshToken, options));
}

/**
 * Which of these tokens are alive: each is tried on a copy of the store, without a grace time, so that what is only
 * repeated does not count.
 */
export async function liveLeaves(
  { records, parts, table }: RefreshDoor,
  tokens: Iterable<string>,
): Promise<readonly string[]> {
  const live: string[] = [];
  for (const token of new Set(tokens)) {
    const { refresh } = parts.tokens ?? {};
    const copied = door({
      ...parts,
      table,
      state: recordingState(records.copy()),
      tokens: { ...parts.tokens, refresh: { ...refresh, grace: 0 } },
    });
    if ((await useOf(copied, token)).code === 'refreshed') live.push(token);
  }
  return live;
}

/** A door, and two processes whose calls of the store chance deals out. */
export interface DealtScene {
  readonly dealt: Turns;
  /** A process that waits for nobody. */
  readonly calm: RefreshDoor;
  readonly processes: readonly [RefreshDoor, RefreshDoor];
}

const verbs = ['get', 'put', 'putIfAbsent', 'compareAndSet', 'delete'] as const;

export function dealtScene(seed: number, parts?: Parameters<typeof refreshDoor>[0]): DealtScene {
  const dealt = turns(seededRandom(seed));
  const calm = refreshDoor(parts);
  const state = inTurns(recordingState(calm.records), dealt, verbs);
  return { dealt, calm, processes: [processOf(calm, { state }), processOf(calm, { state })] };
}

/** Runs it with every seed from 1 on; a failure names its seed. */
export async function eachSeed(many: number, run: (seed: number) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= many; seed += 1) {
    await run(seed).catch((error: Error) => {
      error.message = `seed ${seed}: ${error.message}`;
      throw error;
    });
  }
}

function pairOf(pair: TokenPair): Pair {
  if (pair.refreshToken === undefined) throw new Error('there is no refresh token');
  return pair as Pair;
}
