/** Twins of the embedded state store. */
export const storeTwins = [
  {
    name: 'full-store-grows',
    why: 'a stranger could fill the memory of the process',
    file: 'src/stores/memory/bounded-records.ts',
    find: 'this.records.size >= this.maxRecords',
    replace: 'false',
    tests: ['test/stores/memory/state-store.test.ts'],
  },
  {
    name: 'compare-and-set-only-sets',
    why: 'of two writers both would win, and one revocation would be lost',
    file: 'src/stores/memory/state-store.ts',
    find: '?.value !== expected',
    replace: ' === undefined',
    tests: ['test/stores/memory/state-store.test.ts'],
  },
];
