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
