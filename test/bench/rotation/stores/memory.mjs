/** ostiary's own store: the memory of the contender's process. */

import { requireOstiary } from '../../ostiary.mjs';

const { memoryState } = requireOstiary('ostiary/stores/memory');

export function openMemory({ records }) {
  const state = memoryState({ maxRecords: records });
  return {
    state,
    fill: async (rows) => {
      for (const [key, value, ttlSeconds] of rows) await state.put(key, value, ttlSeconds);
    },
    settle: async () => {},
    close: async () => {},
  };
}
