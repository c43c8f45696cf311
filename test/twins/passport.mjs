/** Twins of the adapter for Passport. */

const faults = 'test/attacks/session-faults.test.ts';
const races = 'test/attacks/session-races.test.ts';
const guards = 'test/attacks/guards.test.ts';
const forged = 'test/attacks/csrf.test.ts';
const strategy = 'test/passport/local-strategy.test.ts';
const promises = 'test/passport/promises.test.ts';
const enders = 'test/http/session-enders.test.ts';
const pollution = 'test/attacks/pollution.test.ts';

export const passportTwins = [
  {
    name: 'log-in-leaves-the-old-stamp-alive',
    why: 'a login that fails halfway would leave the session before it alive',
    file: 'src/passport/promises.ts',
    find: 'await denyStamp(undefined, request);\n  leaveAuthentication',
    replace: 'void denyStamp;\n  leaveAuthentication',
    tests: ['test/attacks/session-faults.test.ts'],
  },
  {
    name: 'log-out-leaves-the-stamp-alive',
    why: 'a slow request can save the old session after the logout',
    file: 'src/passport/promises.ts',
    find: 'await denyStamp(undefined, request);\n  } finally',
    replace: 'void denyStamp;\n  } finally',
    tests: [races],
  },
  {
    name: 'log-out-of-a-session-that-nobody-can-end',
    why: 'a sign-out that ended nothing would look like one that did',
    file: 'src/http/login-session.ts',
    find: '[...enders].some((ender) => ender.realm === realm)',
    replace: 'enders.size >= 0',
    tests: [enders],
  },
  {
    name: 'no-ending-denies',
    why: 'a slow request could save the session after any of its endings',
    file: 'src/http/login-session.ts',
    find: 'if (read === null || read === undefined) return;',
    replace: 'if (read !== null) return;',
    tests: ['test/passport/two-copies.test.ts'],
  },
  {
    name: 'log-out-by-one-of-those-who-let-in',
    why: 'with a state store each the session would go on in the other',
    file: 'src/http/login-session.ts',
    find: '.filter(({ realm }) => realm === stamp.realm)',
    replace: '.filter(({ realm }) => realm === stamp.realm).slice(0, 1)',
    tests: [enders],
  },
  {
    name: 'log-in-may-come-from-another-site',
    why: 'the visitor would go on working in the account of the attacker',
    file: 'src/passport/promises.ts',
    find: 'refuseForgery(request, origins);',
    replace: 'void [request, origins];',
    tests: [forged],
  },
  {
    name: 'log-out-may-come-from-a-link',
    why: 'an image on another site would sign everybody out',
    file: 'src/passport/promises.ts',
    find: 'refuseCrossSite(request, origins);',
    replace: 'refuseForgery(request, origins);',
    tests: [forged],
  },
  {
    name: 'unseen-session-is-left-alive',
    why: 'without passport.session() the old stamp could not be denied, and nobody would know',
    file: 'src/passport/promises.ts',
    find: 'if (stampOf(request) !== undefined && !canBeEnded(request)) throw notMounted(name);',
    replace: 'void [request, canBeEnded, name];',
    tests: [promises],
  },
  {
    name: 'form-may-come-from-another-site',
    why: 'the visitor would go on working in the account of the attacker',
    file: 'src/passport/local-strategy.ts',
    find: 'refuseCrossSite(request, chosen.origins);',
    replace: 'void [request, chosen.origins];',
    tests: [forged],
  },
  {
    name: 'exits-are-taken-late',
    why: 'on a shared instance one request’s user is delivered to another',
    file: 'src/passport/local-strategy.ts',
    find: 'const { success, fail, error } = this as unknown as Exits;',
    replace:
      "const late = this as unknown as Exits; const success = (user: unknown): void => late.success(user); const fail: Exits['fail'] = (challenge, status) => late.fail(challenge, status); const error = (problem: unknown): void => late.error(problem);",
    tests: [strategy],
  },
  {
    name: 'unknown-status-is-signed-in',
    why: 'a step that a later version adds would be skipped',
    file: 'src/passport/local-strategy.ts',
    find: "if (result.status !== 'signed-in')",
    replace: "if (result.status === 'verification-required')",
    tests: [strategy],
  },
  {
    name: 'strategy-leaves-the-old-stamp-alive',
    why: 'a slow request can save the old session after the new login',
    file: 'src/passport/local-strategy.ts',
    find: 'if (startsSession) await denyStamp(auth, request);',
    replace: 'void [startsSession, denyStamp];',
    tests: ['test/passport/serializers.test.ts'],
  },
  {
    name: 'authorize-ends-the-session',
    why: 'asking for a second account would sign the first out',
    file: 'src/passport/local-strategy.ts',
    find: 'options?.session !== false && options?.assignProperty === undefined',
    replace: 'options?.session !== false',
    tests: [strategy],
  },
  {
    name: 'field-of-a-prototype-is-read',
    why: 'a polluted prototype would fill in the form',
    file: 'src/passport/local-strategy.ts',
    find: '|| body === null || !Object.hasOwn(body, name)) return undefined;',
    replace: '|| body === null) return undefined;',
    tests: [pollution, strategy],
  },
  {
    name: 'refusal-becomes-an-error',
    why: 'a wrong password would be a fault of the server',
    file: 'src/passport/local-strategy.ts',
    find: "const refusals = ['ERR_INPUT_INVALID', 'ERR_LOGIN_REJECTED'] as const;",
    replace: "const refusals = ['ERR_INPUT_INVALID'] as const;",
    tests: [strategy],
  },
  {
    name: 'login-of-one-vouches-for-another',
    why: 'what one user proved would stand in the session of another',
    file: 'src/passport/pending-login.ts',
    find: 'left !== undefined && left.user === user ?',
    replace: 'left !== undefined ?',
    tests: [strategy],
  },
  {
    name: 'passport-gives-a-guest-a-user',
    why: 'a dead session would be signed in',
    file: 'src/passport/session-serializer.ts',
    find: '(await resumeSession(auth, request))?.user ?? false',
    replace: '(await resumeSession(auth, request))?.user ?? { key: 0 }',
    tests: [guards],
  },
  {
    name: 'failed-save-of-passport-is-not-undone',
    why: 'express-session saves again when the response ends: the failed login would be stored',
    file: 'src/passport/session-serializer.ts',
    find: 'undoOnFailedSave(auth, request);',
    replace: 'void undoOnFailedSave;',
    tests: [faults],
  },
  {
    name: 'second-serializer-is-ignored',
    why: 'a customer would become the administrator with the same id',
    file: 'src/passport/session-serializer.ts',
    find: 'refuseOthers(passport);',
    replace: 'void refuseOthers;',
    tests: ['test/passport/serializers.test.ts'],
  },
  {
    name: 'login-by-another-strategy-keeps-the-old-session',
    why: 'a slow request could bring the session before the login back to life',
    file: 'src/passport/session-serializer.ts',
    find: 'await denyStamp(auth, request);',
    replace: 'void denyStamp;',
    tests: ['test/passport/serializers.test.ts'],
  },
];
