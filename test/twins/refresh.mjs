/** The twins of refresh tokens: one line for each login, granted once, and ended by a reuse. */

const rotation = 'src/core/tokens/refresh-rotation.ts';
const family = 'src/core/tokens/refresh-family.ts';
const token = 'src/core/tokens/refresh-token.ts';
const service = 'src/jwt/jwt-token-service.ts';

const refresh = ['test/jwt/refresh.test.ts'];
const rotations = ['test/core/tokens/refresh-rotation.test.ts'];
const reuse = ['test/attacks/refresh-reuse.test.ts'];
const grace = ['test/attacks/refresh-grace.test.ts'];
const ends = ['test/attacks/refresh-ends.test.ts'];
const races = ['test/attacks/refresh-races.test.ts'];
const faults = ['test/attacks/refresh-faults.test.ts'];
const forgeries = ['test/attacks/refresh-forgeries.test.ts'];
const scope = ['test/attacks/refresh-scope.test.ts'];
const revocation = ['test/attacks/refresh-revocation.test.ts'];

export const refreshTwins = [
  {
    name: 'refresh-grace-for-grandparents',
    why: 'a thief with an older token would keep the line going, and nobody would see it',
    file: rotation,
    find: 'token.generation !== family.generation - 1)',
    replace: 'token.generation >= family.generation)',
    tests: grace,
  },
  {
    name: 'refresh-repeat-gets-a-token-of-its-own',
    why: 'two tabs that refresh at once would sign each other out, and a thief would have a line',
    file: rotation,
    find: 'use.repeated ? this.livingToken(use) : await this.moveOn(use, context);',
    replace: 'await this.moveOn(use, context);',
    tests: [...grace, ...races],
  },
  {
    name: 'refresh-seed-drawn-anew',
    why: 'a spent token would look forged, and its reuse would end nothing',
    file: rotation,
    find: 'generation: family.generation + 1,',
    replace: 'generation: family.generation + 1, seed: randomId(),',
    tests: reuse,
  },
  {
    name: 'refresh-reads-and-then-writes',
    why: 'of two uses at the same moment both would count, and a logout between would be undone',
    file: rotation,
    find: 'await state.compareAndSet(keys.refresh(id), stored, sealed, this.lifeSeconds(next, at));',
    replace: '(await state.put(keys.refresh(id), sealed, this.lifeSeconds(next, at)), stored !== null);',
    tests: races,
  },
  {
    name: 'refresh-reuse-ends-nothing',
    why: 'the thief, if faster, would keep the login',
    file: rotation,
    find: 'await ending.end(userId, id);',
    replace: '',
    tests: reuse,
  },
  {
    name: 'refresh-scope-widened',
    why: 'a client would give itself what the login was never granted',
    file: service,
    find: 'if (tooMuch !== undefined) throw',
    replace: 'if (false) throw',
    tests: scope,
  },
  {
    name: 'refresh-scope-of-the-host-as-it-is',
    why: 'the login would get what the host grants others now',
    file: service,
    find: 'wanted.filter((scope) => now.includes(scope));',
    replace: 'now;',
    tests: scope,
  },
  {
    name: 'refresh-mark-read-afresh',
    why: 'a sign-out everywhere would end no refresh token',
    file: rotation,
    find: 'revocations.isRevoked(userId, family.gen, id),',
    replace: 'revocations.isRevoked(userId, await revocations.mark(userId), id),',
    tests: ends,
  },
  {
    name: 'refresh-token-with-the-mark-of-now',
    why: 'a refresh that races a sign-out everywhere would give an access token that survives it',
    file: service,
    find: 'const { gen, claims: extra, authentication } = family;',
    replace:
      'const { claims: extra, authentication } = family; const gen = await this.parts.revocations.mark(user.id);',
    tests: races,
  },
  {
    name: 'refresh-epoch-not-checked',
    why: 'a password changed in the table would end no refresh token',
    file: rotation,
    find: 'isActive(found.user) && (await epochs.isAlive(family, found.user))) {',
    replace: 'isActive(found.user)) {',
    tests: ends,
  },
  {
    name: 'refresh-status-not-checked',
    why: 'an account that was disabled in the table would go on for months',
    file: rotation,
    find: 'found !== null && isActive(found.user) &&',
    replace: 'found !== null &&',
    tests: ends,
  },
  {
    name: 'refresh-denial-not-checked',
    why: 'a login whose end was interrupted before the family was deleted would go on',
    file: rotation,
    find: 'revocations.isRevoked(userId, family.gen, id),',
    replace: "revocations.isRevoked(userId, family.gen, ''),",
    tests: faults,
  },
  {
    name: 'refresh-forged-token-ends-the-login',
    why: 'whoever knows the id of a login, which is no secret, could end it or go on with it',
    file: rotation,
    find: 'read !== null && isGenuine(secrets, token, read.family) ? read : null;',
    replace: 'read;',
    tests: forgeries,
  },
  {
    name: 'refresh-grace-without-a-bound-below',
    why: 'with a clock that was set back a spent token would live again',
    file: rotation,
    find: 'Math.abs(at - family.made) >=',
    replace: 'at - family.made >=',
    tests: grace,
  },
  {
    name: 'refresh-grace-of-zero-is-a-second',
    why: 'who has switched the grace time off would have one',
    file: rotation,
    find: '>= this.parts.settings.grace)',
    replace: '> this.parts.settings.grace)',
    tests: grace,
  },
  {
    name: 'refresh-device-ignored',
    why: 'a thief on another browser would get the successor within the grace time',
    file: rotation,
    find: 'return device === null || family.device === null || device === family.device;',
    replace: 'return true;',
    tests: grace,
  },
  {
    name: 'refresh-dated-after-the-read',
    why: 'an access token would outlive the denial that was written while the store was slow',
    file: rotation,
    find: 'open: { id, family, ...found, at } };',
    replace: 'open: { id, family, ...found, at: secondsNow(this.parts.clock) } };',
    tests: rotations,
  },
  {
    name: 'refresh-no-absolute-end',
    why: 'a stolen login that is used every week would never end',
    file: rotation,
    find: 'Math.min(family.end, family.start + settings.absolute, family.made + settings.idle);',
    replace: 'family.made + settings.idle;',
    tests: ends,
  },
  {
    name: 'refresh-no-idle-end',
    why: 'a token on a lost device would be good until the end of the login',
    file: rotation,
    find: 'family.start + settings.absolute, family.made + settings.idle);',
    replace: 'family.start + settings.absolute);',
    tests: ends,
  },
  {
    name: 'refresh-seal-not-checked',
    why: 'whoever can write to the store could put another user into their own login',
    file: family,
    find: 'if (!sealed) return null;',
    replace: '',
    tests: forgeries,
  },
  {
    name: 'refresh-old-secrets-forgotten',
    why: 'a replaced secret would sign everybody out, and hide the reuse of older tokens',
    file: token,
    find: '.all(purpose)',
    replace: '.all(purpose).slice(0, 1)',
    tests: forgeries,
  },
  {
    name: 'refresh-proof-without-the-number',
    why: 'whoever holds a spent token could write the number of the living one into it',
    file: token,
    find: 'return mac(key, id, String(generation), seed);',
    replace: 'return mac(key, id, seed);',
    tests: forgeries,
  },
  {
    name: 'refresh-proof-without-the-seed',
    why: 'whoever has the secret alone could make a token of any login whose id they see',
    file: token,
    find: 'return mac(key, id, String(generation), seed);',
    replace: 'return mac(key, id, String(generation));',
    tests: ['test/core/tokens/refresh-token.test.ts'],
  },
  {
    name: 'refresh-used-up-before-the-answer-is-made',
    why: 'a host that fails, or a scope too many, would cost the client the login',
    file: rotation,
    find: 'const made = await make(use.open);',
    replace: 'await this.moveOn(use, context); const made = await make(use.open);',
    tests: scope,
  },
  {
    name: 'refresh-grace-from-the-login-on',
    why: 'a client that has refreshed for the first time after a while would have no grace time, nor a longer life',
    file: rotation,
    find: 'made: at,',
    replace: '',
    tests: grace,
  },
  {
    name: 'refresh-device-token-stored',
    why: 'whoever reads the store could pass for the browser, and that line opens more than this',
    file: rotation,
    find: "digest('device', deviceToken)",
    replace: 'deviceToken',
    tests: forgeries,
  },
  {
    name: 'refresh-older-secret-opens-nothing',
    why: 'a replaced secret would sign everybody out',
    file: family,
    find: 'secrets.all(purpose).some(',
    replace: 'secrets.all(purpose).slice(0, 1).some(',
    tests: forgeries,
  },
  {
    name: 'refresh-makes-the-login-newer',
    why: 'a route that asks for a recent login would be open for months',
    file: service,
    find: 'authentication: authentication ?? undefined,',
    replace: 'authentication: authentication === null ? undefined : { ...authentication, at },',
    tests: refresh,
  },
  {
    name: 'refresh-token-revoked-is-only-that',
    why: 'a logout with the refresh token would leave its access tokens alive',
    file: service,
    find: 'await ending.end(found.userId, found.sessionId);',
    replace: '',
    tests: revocation,
  },
];
