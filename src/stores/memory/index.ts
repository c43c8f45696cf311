/** The state store that is embedded: `ostiary/stores/memory`. */

export { type MemoryStateOptions, memoryState } from './state-store.ts';
