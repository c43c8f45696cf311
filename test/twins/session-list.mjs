/** The twins of the list of sessions: who is on it, who has to go, and how one login ends. */

const registry = 'src/core/sessions/session-registry.ts';
const ending = 'src/core/sessions/session-ending.ts';
const sessions = 'src/core/sessions/sessions.ts';

const unit = ['test/core/sessions/session-registry.test.ts'];
const ends = ['test/core/sessions/session-ending.test.ts'];
const attacks = ['test/attacks/session-list.test.ts'];
const races = ['test/attacks/session-list-races.test.ts'];
const browsers = ['test/attacks/session-list-browsers.test.ts'];

export const sessionListTwins = [
  {
    name: 'session-list-overwritten-at-once',
    why: 'of two logins at once one would be alive and on no list',
    file: registry,
    find: ': await state.compareAndSet(key, stored, text, lifeSeconds);',
    replace: ': await state.put(key, text, lifeSeconds).then(() => true);',
    tests: races,
  },
  {
    name: 'session-list-first-entry-overwritten',
    why: 'of the first two logins at once one would be alive and on no list',
    file: registry,
    find: '? await state.putIfAbsent(key, text, lifeSeconds)',
    replace: '? await state.put(key, text, lifeSeconds).then(() => true)',
    tests: attacks,
  },
  {
    name: 'session-list-limit-looked-at-afterwards',
    why: 'there would always be one more than the limit',
    file: registry,
    find: 'live.length - defaults.sessionsPerUser + 1;',
    replace: 'live.length - defaults.sessionsPerUser;',
    tests: attacks,
  },
  {
    name: 'session-list-oldest-is-forgotten',
    why: 'the oldest login would be alive, and on no list from which it could be ended',
    file: registry,
    find: 'for (const { id } of oldest) await evict(id);',
    replace: '',
    tests: attacks,
  },
  {
    name: 'session-list-newest-has-to-go',
    why: 'somebody who knows the password once could keep its owner from ever staying signed in',
    file: registry,
    find: 'one.first - other.first',
    replace: 'other.first - one.first',
    tests: attacks,
  },
  {
    name: 'session-list-unreadable-is-empty',
    why: 'a damaged list would let any number of logins in that nobody sees',
    file: registry,
    find: "throw new RetryError('ERR_STATE_UNAVAILABLE', 'a list of sessions",
    replace: "return []; throw new RetryError('ERR_STATE_UNAVAILABLE', 'a list of sessions",
    tests: attacks,
  },
  {
    name: 'session-list-shows-the-ended',
    why: 'after a sign-out everywhere the list would show the thief as still there',
    file: registry,
    find: 'return entries.filter(({ id, gen }) => !isRevoked(gen, id));',
    replace: 'void isRevoked; return entries;',
    tests: attacks,
  },
  {
    name: 'session-list-ended-comes-back',
    why: 'a slow request would put a login back that is over',
    file: registry,
    find: 'if (known === undefined && (await this.unrevoked(userId, [entry])).length === 0) return null;',
    replace: '',
    tests: unit,
  },
  {
    name: 'session-list-written-at-every-touch',
    why: 'each request would be a write',
    file: registry,
    find: 'Math.abs(entry.seen - known.seen) < defaults.sessionListTouch',
    replace: 'false',
    tests: attacks,
  },
  {
    name: 'session-list-idle-ones-stay',
    why: 'the list would show logins that ended by themselves',
    file: registry,
    find: 'now > seen + idle[kind] + slack',
    replace: 'now > seen + 1e9',
    tests: attacks,
  },
  {
    name: 'session-list-pushes-others-out-at-a-touch',
    why: 'one in use would be listed at the cost of another, which nobody would see',
    file: registry,
    find: 'if (others.length >= defaults.sessionsPerUser) return null;',
    replace: 'if (others.length >= defaults.sessionsPerUser) return [...others.slice(1), entry];',
    tests: unit,
  },
  {
    name: 'session-list-lags-behind-the-login',
    why: 'a login that cannot be listed would begin all the same',
    file: sessions,
    find: 'await registry.add(user.id, entryOf(stamp), context, (oldest) => ending.end(user.id, oldest));',
    replace:
      'await registry.add(user.id, entryOf(stamp), context, (oldest) => ending.end(user.id, oldest)).catch(() => undefined);',
    tests: attacks,
  },
  {
    name: 'session-list-family-listed-before-it-is-there',
    why: 'whoever is one too many at that moment would be denied for less time than it lives',
    file: 'src/core/tokens/refresh-rotation.ts',
    find: 'await state.put(keys.refresh(id), sealFamily(secrets, id, family), this.lifeSeconds(family, now));',
    replace:
      'await registry.add(user.id, entryOf(id, family), context, (oldest) => ending.end(user.id, oldest)); await state.put(keys.refresh(id), sealFamily(secrets, id, family), this.lifeSeconds(family, now)); if (id) return { id, refreshToken: refreshTokenOf(secrets, id, family) };',
    tests: attacks,
  },
  {
    name: 'login-deleted-before-it-is-denied',
    why: 'a crash in between would leave access tokens alive, with nothing left by which to find them',
    file: ending,
    find: 'await revocations.deny(userId, id, Math.max(end - now, shortest));',
    replace: 'await state.delete(key); await revocations.deny(userId, id, Math.max(end - now, shortest));',
    tests: ends,
  },
  {
    name: 'login-deleted-and-not-denied',
    why: 'its access tokens would live on',
    file: ending,
    find: 'await revocations.deny(userId, id, Math.max(end - now, shortest));',
    replace: '',
    tests: ends,
  },
  {
    name: 'login-of-another-user-is-ended',
    why: 'whoever learns the id of a login could end it',
    file: ending,
    find: 'if (read.userId !== userId) return;',
    replace: '',
    tests: ends,
  },
  {
    name: 'login-denied-for-as-long-as-it-would-have-lived',
    why: 'a user who logs out often would be signed out everywhere by a record that is full',
    file: ending,
    find: 'await revocations.deny(userId, id, shortest);',
    replace: '',
    tests: ends,
  },
  {
    name: 'login-unreadable-here-is-a-session',
    why: 'a family that another process reads would live again when the denial is over',
    file: ending,
    find: 'stored === null ? sessionSeconds : longestSeconds',
    replace: 'longestSeconds === 0 ? 0 : sessionSeconds',
    tests: ends,
  },
  {
    name: 'session-login-does-not-say-the-device',
    why: 'the user could not tell the own browsers from a stranger’s',
    file: 'src/express/session-login.ts',
    find: 'authentication, contextOf(request));',
    replace: 'authentication, (void contextOf, {}));',
    tests: browsers,
  },
  {
    name: 'serialised-session-does-not-say-the-device',
    why: 'the user could not tell the own browsers from a stranger’s',
    file: 'src/passport/session-serializer.ts',
    find: 'authentication, contextOf(request));',
    replace: 'authentication, (void contextOf, {}));',
    tests: browsers,
  },
  {
    name: 'device-label-of-any-length',
    why: 'a list of a hundred would hold whatever a client sends',
    file: 'src/core/sessions/device-label.ts',
    find: '[\\w.-]{0,31}',
    replace: '[\\w.-]*',
    tests: ['test/core/sessions/device-label.test.ts'],
  },
];
