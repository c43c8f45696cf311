/** Interleavings that can be repeated: every step of every task waits for its turn, and chance deals the turns. */

export interface Turns {
  /** Waits until it is this caller's turn. */
  turn(): Promise<void>;
  /** Runs tasks side by side until all have ended. */
  run(tasks: readonly (() => Promise<void>)[]): Promise<void>;
}

export function turns(random: () => number): Turns {
  const waiting: (() => void)[] = [];
  return {
    turn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    run: async (tasks) => {
      let open = tasks.length;
      const faults: unknown[] = [];
      for (const task of tasks) {
        task()
          .catch((fault) => faults.push(fault))
          .finally(() => {
            open -= 1;
          });
      }
      while (open > 0) {
        // Everybody who can go on without a turn does so first.
        await new Promise(setImmediate);
        waiting.splice(Math.floor(random() * waiting.length), 1)[0]?.();
      }
      if (faults.length > 0) throw faults[0];
    },
  };
}

/** The store, each call of which takes its turn before it is made and once more before its answer is there. */
export function inTurns<Store extends object>(
  store: Store,
  { turn }: Pick<Turns, 'turn'>,
  methods: readonly (keyof Store)[],
): Store {
  const slowed = methods.map((name) => {
    const method = store[name] as (...call: unknown[]) => Promise<unknown>;
    const waits = async (...call: unknown[]): Promise<unknown> => {
      await turn();
      const answer = await method(...call);
      await turn();
      return answer;
    };
    return [name, waits];
  });
  return { ...store, ...Object.fromEntries(slowed) };
}
