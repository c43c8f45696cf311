/** What a damaged state store may answer in the place of a revocation record. */
export const revocationRecords: readonly string[] = [
  '',
  '{',
  'null',
  '7',
  '[]',
  '{}',
  '{"mark":null}',
  '{"mark":1,"denied":{}}',
];

const listEntry = { id: 's0', kind: 'session', gen: null, first: 0, seen: 0, end: 4_000_000_000 };

/** What a damaged state store may answer in the place of a list of sessions. */
export const sessionLists: readonly string[] = [
  ...['', '[', 'null', '7', '{}', '"s1"', '[null]', '[[]]', '["s1"]', '[{}]'],
  ...[
    { id: 1 },
    { kind: 'cookie' },
    { gen: 7 },
    { gen: undefined },
    { first: '0' },
    { seen: null },
    { seen: -1 },
    { end: 1.5 },
    { device: { toString: 'Firefox' } },
    { device: null },
  ].map((damage) => JSON.stringify([listEntry, { ...listEntry, ...damage }])),
];
