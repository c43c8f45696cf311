/** A program: an application with refresh tokens, over the store of another process. Its parent says what it does. */

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import {
  type AuthCore,
  AuthError,
  createAuth,
  type StateStore,
  type TokenPair,
  type UserId,
} from '../../src/index.ts';
import { issuer, secretA } from './fixed-secret.ts';
import type { StateVerb } from './recording-state.ts';

/** What the application can be told to do. */
export interface TokenCalls {
  issue(user: number): Promise<TokenPair>;
  refresh(refreshToken: string): Promise<TokenPair>;
  verify(accessToken: string): Promise<unknown>;
  revoke(token: string): Promise<void>;
  end(user: number, sessionId: string): Promise<void>;
  list(user: number): Promise<readonly unknown[]>;
}

/** An order of the parent. */
export interface Order {
  readonly id: number;
  readonly call: keyof TokenCalls;
  readonly given: readonly unknown[];
  /** Seconds since the epoch: what the clock of this process shows. */
  readonly at: number;
}

interface Row {
  readonly id: UserId;
  readonly passwordHash: string;
}

const [port, grace] = process.argv.slice(2).map(Number);
let now = 0;

/** Every verb asks the state server and waits for its answer. */
function remoteState(): StateStore {
  const socket = connect({ port: port ?? 0, host: '127.0.0.1' });
  const open = new Map<number, (value: unknown) => void>();
  let asked = 0;
  createInterface({ input: socket }).on('line', (line) => {
    const { id, value } = JSON.parse(line) as { readonly id: number; readonly value: unknown };
    open.get(id)?.(value);
    open.delete(id);
  });
  const ask =
    (verb: StateVerb) =>
    (...given: unknown[]): Promise<never> => {
      asked += 1;
      const id = asked;
      socket.write(`${JSON.stringify({ process: process.pid, id, verb, given })}\n`);
      return new Promise((resolve) => {
        open.set(id, resolve as (value: unknown) => void);
      });
    };
  return {
    get: ask('get'),
    put: ask('put'),
    putIfAbsent: ask('putIfAbsent'),
    compareAndSet: ask('compareAndSet'),
    take: ask('take'),
    increment: ask('increment'),
    delete: ask('delete'),
  };
}

/** Anybody is a user, and a user does not change. */
const rowOf = (id: UserId): Row => ({ id, passwordHash: 'a hash of whatever kind' });

const auth: AuthCore<Row> = createAuth({
  secret: secretA,
  issuer,
  users: {
    findById: async (id) => rowOf(id),
    findByIdentifier: async () => null,
    toAuthUser: (row: Row) => ({ ...row, email: null }),
  },
  state: remoteState(),
  clock: { now: () => new Date(now * 1000) },
  sessions: { registry: true },
  tokens: { refresh: { grace: grace ?? 0 } },
});

const calls: TokenCalls = {
  issue: (user) => auth.tokens.issue(rowOf(user), { refresh: true }),
  refresh: (refreshToken) => auth.tokens.refresh(refreshToken),
  verify: (accessToken) => auth.tokens.verify(accessToken),
  revoke: (token) => auth.tokens.revoke(token),
  end: (userId, sessionId) => auth.sessions.end({ userId, sessionId }),
  list: (userId) => auth.sessions.list(userId),
};

process.on('message', ({ id, call, given, at }: Order) => {
  now = at;
  const told = Reflect.apply(calls[call], calls, given) as Promise<unknown>;
  told.then(
    (value) => process.send?.({ id, end: 'answered', value }),
    (error) => process.send?.({ id, end: AuthError.is(error) ? error.code : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
