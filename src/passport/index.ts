/** Passport 0.6 and newer: strategies for a login form and for access tokens, sessions, sign-in and sign-out as promises. */

export {
  fromBearer,
  fromCookie,
  fromHeader,
  type ReadToken,
  type TokenPlace,
} from '../http/bearer.ts';
export type { BearerOptions, TokenVerifier } from '../http/bearer-auth.ts';
export type { SessionAuth } from '../http/login-session.ts';
export type { HttpRequest } from '../http/request.ts';
export { BearerStrategy, type BearerStrategyOptions, type TokenAuth } from './bearer-strategy.ts';
export {
  LocalStrategy,
  type LocalStrategyOptions,
  type LoginAuth,
  type RequestWithBody,
} from './local-strategy.ts';
export { type LogInOptions, type LogOutOptions, logIn, logOut } from './promises.ts';
export { type PassportSessions, serializeSessions } from './session-serializer.ts';
