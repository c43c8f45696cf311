/** A store whose calls are the steps of an interleaving. */

import type { Turns } from './turns.ts';

/** The store, each call of which takes a turn before it is made. What it does is done at once. */
export function stepwise<Store extends object>(
  store: Store,
  { turn }: Pick<Turns, 'turn'>,
  methods: readonly (keyof Store)[],
  called: (method: string) => void = () => undefined,
  isStep: (...call: readonly unknown[]) => boolean = () => true,
): Store {
  const stepped = methods.map((name) => {
    const method = store[name] as (...call: unknown[]) => Promise<unknown>;
    const waits = async (...call: unknown[]): Promise<unknown> => {
      if (!isStep(...call)) return method(...call);
      await turn();
      called(String(name));
      return method(...call);
    };
    return [name, waits];
  });
  return { ...store, ...Object.fromEntries(stepped) };
}
