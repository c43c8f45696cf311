/** A program: a state store of its own, which other processes ask over a loopback socket, one JSON text a line. */

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { memoryState } from '../../src/stores/memory/index.ts';
import type { StateVerb } from './recording-state.ts';

/** What its parent tells it: the process of that id is killed when its call of that number is done, unanswered. */
export interface KillPlan {
  readonly process: number;
  /** From 1, counted from here on. */
  readonly call: number;
}

/** What a process asks. */
interface StateCall {
  readonly process: number;
  readonly id: number;
  readonly verb: StateVerb;
  readonly given: readonly unknown[];
}

const state = memoryState();
const plans = new Map<number, { left: number; readonly calls: string[] }>();

async function answer(socket: Socket, line: string): Promise<void> {
  const { process: caller, id, verb, given } = JSON.parse(line) as StateCall;
  const value = await (Reflect.apply(state[verb], state, given) as Promise<unknown>);
  const plan = plans.get(caller);
  plan?.calls.push(`${verb} ${String(given[0]).split(':')[0]}`);
  if (plan !== undefined) plan.left -= 1;
  if (plan?.left === 0) process.kill(caller, 'SIGKILL');
  else socket.write(`${JSON.stringify({ id, value: value ?? null })}\n`);
}

const server = createServer((socket) => {
  // Who was killed does not say goodbye.
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => void answer(socket, line));
});

process.on('message', ({ process: named, call }: KillPlan) => {
  const calls = plans.get(named)?.calls ?? [];
  plans.set(named, { left: call, calls: [] });
  process.send?.({ calls });
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
