/** The twins of tokens from before: what is let in, what counts of it, and that it ends. */

const legacy = 'src/jwt/legacy-tokens.ts';
const access = 'src/jwt/access-tokens.ts';

const reading = ['test/jwt/legacy-tokens.test.ts'];
const attacks = ['test/attacks/legacy-tokens.test.ts'];

export const legacyTwins = [
  {
    name: 'legacy-end-not-for-tokens-that-were-seen',
    why: 'a token without an end of its own would be good for as long as the process remembers it',
    file: access,
    find: 'legacy?.endsAtSeconds ??',
    replace: 'legacy !== undefined ? Number.MAX_SAFE_INTEGER :',
    tests: reading,
  },
  {
    name: 'legacy-end-not-looked-at',
    why: 'the old secret would open the door for ever',
    file: legacy,
    find: 'if (now.seconds >= issuer.until ||',
    replace: 'if (',
    tests: reading,
  },
  {
    name: 'legacy-tolerance-beyond-the-end',
    why: 'the day that the host names would not be the last',
    file: legacy,
    find: 'Math.min(end + now.toleranceSeconds, issuer.until)',
    replace: 'end + now.toleranceSeconds',
    tests: reading,
  },
  {
    name: 'legacy-claims-as-they-are',
    why: 'whatever a payload says of roles and scopes would be granted',
    file: legacy,
    find: 'return { ...grants, sub,',
    replace: "return { scope: payload['scope'], roles: payload['roles'], ...grants, sub,",
    tests: attacks,
  },
  {
    name: 'legacy-answer-of-any-form',
    why: 'a function that hands the payload on would grant what it says',
    file: legacy,
    find: '...grants } = readGrants(given,',
    replace: '...grants } = ((answer: unknown, _path: string) => answer as Record<string, unknown>)(given,',
    tests: reading,
  },
  {
    name: 'legacy-signature-not-checked',
    why: 'anybody could write a token',
    file: legacy,
    find: 'await verifySignature(text, header, issuer.ring);',
    replace: 'void verifySignature;',
    tests: attacks,
  },
  {
    name: 'legacy-type-not-looked-at',
    why: 'a token that was made for one purpose would pass for another',
    file: legacy,
    find: 'if (!kinds.includes(header.typ)) return null;',
    replace: 'if (false) return null;',
    tests: attacks,
  },
  {
    name: 'legacy-named-by-its-text',
    why: 'the other signature of an ECDSA token would survive the logout',
    file: legacy,
    find: "digest('legacy', text.slice(0, text.lastIndexOf('.')))",
    replace: "digest('legacy', text)",
    tests: attacks,
  },
  {
    name: 'legacy-outlives-the-mark',
    why: 'who was signed out everywhere would be signed in again when the record of it has run out',
    file: 'src/core/tokens/revocation.ts',
    find: 'const { lifeSeconds, legacyEndSeconds = 0, clock } = this.parts;',
    replace: 'const { lifeSeconds, clock, legacyEndSeconds = 0 } = { ...this.parts, legacyEndSeconds: 0 };',
    tests: attacks,
  },
  {
    name: 'legacy-id-of-any-type',
    why: 'a sign-out everywhere of user 7 would leave the tokens of a user "7" alive',
    file: legacy,
    find: 'return checkedUserId(id, idTypes);',
    replace: 'return checkedUserId(id, new Set());',
    tests: reading,
  },
  {
    name: 'legacy-teaches-the-type-of-ids',
    why: 'one token from before, first after a restart, would switch the check of id types off',
    file: access,
    find: 'if (legacy === undefined) users.idTypes.add',
    replace: 'users.idTypes.add',
    tests: attacks,
  },
  {
    name: 'legacy-kept-before-the-type-is-known',
    why: 'a token whose user no sign-out finds would be accepted for as long as the process remembers it',
    file: access,
    find: 'if (legacy === undefined || users.idTypes.size > 0) this.verified.keep',
    replace: 'this.verified.keep',
    tests: attacks,
  },
  {
    name: 'legacy-promise-is-nobodys',
    why: 'a database that is down would end the process',
    file: legacy,
    find: 'given.catch(() => undefined);',
    replace: '',
    tests: reading,
  },
  {
    name: 'legacy-payload-can-be-changed',
    why: 'what one function writes, the next would take for signed',
    file: legacy,
    find: 'claims(frozen(payload))',
    replace: 'claims(payload)',
    tests: reading,
  },
  {
    name: 'legacy-end-without-a-zone',
    why: 'the last day would be another one on another machine',
    file: legacy,
    find: '(Z|[+-]\\d\\d:\\d\\d)$/;',
    replace: '(Z|[+-]\\d\\d:\\d\\d)?$/;',
    tests: reading,
  },
  {
    name: 'legacy-told-of-before-it-is-accepted',
    why: 'the count by which a host decides when the option can go would hold what attackers send',
    file: 'src/jwt/jwt-token-service.ts',
    find: "if (dead) throw new AuthError('ERR_TOKEN_REVOKED', 'the token has been revoked');",
    replace:
      "if (token.isLegacy) this.tellOfLegacy(token); if (dead) throw new AuthError('ERR_TOKEN_REVOKED', 'revoked'); if (token.isLegacy) return token.claims;",
    tests: reading,
  },
];
