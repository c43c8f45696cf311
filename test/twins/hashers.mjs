/** Twins of the hashers. */
export const hasherTwins = [
  {
    name: 'no-top-up-for-an-unknown-user',
    why: 'the time of the answer would tell who has an account (CVE-2016-2513)',
    file: 'src/hashers/bcrypt-job.ts',
    find: 'fill: [maxCost] }',
    replace: 'fill: [] }',
    tests: ['test/hashers/bcrypt-work.test.ts'],
  },
  {
    name: 'no-top-up-for-a-cheaper-hash',
    why: 'the time of the answer would tell whose hash is old',
    file: 'src/hashers/bcrypt-job.ts',
    find: 'Array.from({ length: maxCost - hash.cost }',
    replace: 'Array.from({ length: 0 }',
    tests: ['test/hashers/bcrypt-work.test.ts'],
  },
  {
    name: 'plain-hash-counts-a-digest',
    why: 'a stored hash of the digest text would be opened by the password',
    file: 'src/hashers/bcrypt-hasher.ts',
    find: 'if (known.plain && !this.readsPlain(known, text)) return false;',
    replace: '',
    tests: ['test/hashers/bcrypt.test.ts'],
  },
  {
    name: 'no-ceiling-for-the-cost',
    why: 'one row of cost 31 would stop the server for days (CVE-2022-22976)',
    file: 'src/hashers/bcrypt-hash.ts',
    find: ' || cost > maxCost',
    replace: '',
    tests: ['test/hashers/bcrypt.test.ts'],
  },
  {
    name: 'any-member-of-a-chain-says-yes',
    why: 'a member that answers yes to no hash would open every account',
    file: 'src/hashers/hasher-chain.ts',
    find: 'if (index === owner) verified = answer;',
    replace: 'verified ||= answer;',
    tests: ['test/hashers/hasher-chain.test.ts'],
  },
];
