/** What the tokens of the benches have in common. */

export const issuer = 'https://bench.example';
export const audience = 'https://api.bench.example';
/** RFC 9068 §2.1. */
export const typ = 'at+jwt';
/** So many come one after the other and again from the first, each of a user of its own. */
export const tokensAtOnce = 1000;
