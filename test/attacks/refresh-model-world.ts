/** Where the model of refresh rotation plays: processes that may die, over one store, one table and one clock. */

import { type Auth, AuthError, type AuthErrorCode, type Capability, createAuth } from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { type MortalState, mortalState } from '../support/mortal-state.ts';
import { type MovableClock, movableClock } from '../support/movable-clock.ts';
import { overlayState } from '../support/overlay-state.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { inTurns, type Turns } from '../support/turns.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

/** What a caller sees of its call, and what the test sees besides. */
export interface Outcome<Value> {
  /** `answered`, `died`, or the code of the refusal. */
  readonly end: 'answered' | 'died' | AuthErrorCode;
  readonly value: Value | undefined;
  /** As `verb purpose`. */
  readonly writes: readonly string[];
  readonly late: readonly string[];
  /** Whether a refresh said that it repeats its answer. */
  readonly repeated: boolean;
}

/** What a refresh token is worth, found out on a copy of the store. */
export interface Probe {
  /** `null`: it is refused. */
  readonly leaf: string | null;
  /** Whether it is that leaf itself, and not its parent within the grace time. */
  readonly current: boolean;
}

type Host = Auth<Row, Capability>;

interface Process {
  readonly auth: Host;
  readonly state: MortalState;
  repeated: boolean;
}

const verbs = ['get', 'put', 'putIfAbsent', 'compareAndSet', 'delete'] as const;

export class World {
  readonly clock: MovableClock = movableClock();
  /** A process that waits for nobody and does not die. */
  readonly calm: Host;
  readonly table: UserTable = userTable();
  private readonly graceSeconds: number;
  private readonly state = memoryState({ clock: this.clock });
  private readonly overlay = overlayState(this.state);
  private readonly judge: Host;
  private readonly idle: Process[] = [];
  private dealt: Turns | undefined;
  private judgedRepeat = false;

  constructor(graceSeconds: number) {
    this.graceSeconds = graceSeconds;
    this.calm = this.host(this.state, this.table);
    this.judge = this.host(this.overlay, this.table);
    this.judge.on('token.refreshed', ({ repeated }) => {
      this.judgedRepeat = repeated;
    });
  }

  /** Another story begins: one user, and a new deal of the turns. */
  begin(row: Row, dealt: Turns): void {
    this.table.rows.splice(0, Number.POSITIVE_INFINITY, row);
    this.dealt = dealt;
  }

  /** A call in a process of its own, whose every step waits for its turn. */
  async act<Value>(
    call: (auth: Host) => Promise<Value>,
    dieAfterWrite: number = Number.POSITIVE_INFINITY,
  ): Promise<Outcome<Value>> {
    const process = this.idle.pop() ?? this.process();
    process.repeated = false;
    const died = process.state.live(dieAfterWrite).then(() => ({ end: 'died', value: undefined }) as const);
    const outcome = await Promise.race([outcomeOf(call(process.auth)), died]);
    const { state, repeated } = process;
    const seen = { ...outcome, writes: [...state.writes], late: [...state.late], repeated };
    this.idle.push(process);
    return seen;
  }

  /** What comes of a refresh token now. The store does not notice. */
  async probe(text: string): Promise<Probe> {
    this.overlay.forget();
    const { end, value } = await outcomeOf(this.judge.tokens.refresh(text));
    this.overlay.forget();
    if (end !== 'answered' || value === undefined) return { leaf: null, current: false };
    if (this.judgedRepeat) return { leaf: value.refreshToken ?? null, current: false };
    return { leaf: text, current: true };
  }

  async isAccepted(accessToken: string): Promise<boolean> {
    return (await verdictOn(this.judge, accessToken)) === 'accepted';
  }

  private process(): Process {
    const dealt = { turn: () => this.dealt?.turn() ?? Promise.resolve() };
    const state = mortalState(this.state);
    const table = inTurns(this.table, dealt, ['findById', 'updatePasswordHash']);
    const auth = this.host(inTurns(state, dealt, verbs), table);
    const process: Process = { auth, state, repeated: false };
    auth.on('token.refreshed', ({ repeated }) => {
      process.repeated = repeated;
    });
    return process;
  }

  private host(state: ReturnType<typeof memoryState>, users: UserTable): Host {
    return createAuth({
      ...{ secret: secretA, issuer, users, state, hasher: countingHasher(), clock: this.clock },
      sessions: { registry: true },
      tokens: { refresh: { grace: this.graceSeconds } },
    });
  }
}

async function outcomeOf<Value>(
  answer: Promise<Value>,
): Promise<{ readonly end: 'answered' | AuthErrorCode; readonly value: Value | undefined }> {
  try {
    return { end: 'answered', value: await answer };
  } catch (error) {
    if (AuthError.is(error)) return { end: error.code, value: undefined };
    throw error;
  }
}
