/** Stores that fail when they are told to. */

import session from 'express-session';
import type { StateStore } from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';

/** The state store whose verbs can be broken. */
export interface BreakableState extends StateStore {
  /** Every call, by its verb. */
  readonly calls: string[];
  /** The verbs that fail. */
  readonly broken: Set<string>;
}

const verbs = ['get', 'put', 'putIfAbsent', 'compareAndSet', 'take', 'increment', 'delete'] as const;

export function breakableState(): BreakableState {
  const store = memoryState();
  const calls: string[] = [];
  const broken = new Set<string>();
  const wrapped = verbs.map((verb) => [
    verb,
    async (...given: never[]) => {
      calls.push(verb);
      if (broken.has(verb)) throw new Error(`the state store is down: ${verb}`);
      return Reflect.apply(store[verb], store, given) as unknown;
    },
  ]);
  return { ...(Object.fromEntries(wrapped) as unknown as StateStore), calls, broken };
}

/** express-session's store in memory; the verbs in `failures` fail that many times. */
export class BreakableSessions extends session.MemoryStore {
  readonly failures: { set: number; destroy: number } = { set: 0, destroy: 0 };
  /** Throws where others call back with an error. */
  throws = false;

  override set(id: string, data: session.SessionData, callback?: (error?: unknown) => void): void {
    if (this.fails('set', callback)) return;
    super.set(id, data, callback);
  }

  override destroy(id: string, callback?: (error?: unknown) => void): void {
    if (this.fails('destroy', callback)) return;
    super.destroy(id, callback);
  }

  /** What is stored, by session id. */
  stored(): Record<string, unknown> {
    const sessions = Reflect.get(this, 'sessions') as Record<string, string>;
    return Object.fromEntries(Object.entries(sessions).map(([id, text]) => [id, JSON.parse(text)]));
  }

  private fails(verb: 'set' | 'destroy', callback: ((error?: unknown) => void) | undefined): boolean {
    if (this.failures[verb] === 0) return false;
    this.failures[verb] -= 1;
    const error = new Error(`the session store is down: ${verb}`);
    if (this.throws) throw error;
    setImmediate(() => callback?.(error));
    return true;
  }
}
