/** Passport 0.6 and newer: the local strategy, sessions, sign-in and sign-out as promises. */

export type { SessionAuth } from '../http/login-session.ts';
export type { HttpRequest } from '../http/request.ts';
export {
  LocalStrategy,
  type LocalStrategyOptions,
  type LoginAuth,
  type RequestWithBody,
} from './local-strategy.ts';
export { type LogInOptions, type LogOutOptions, logIn, logOut } from './promises.ts';
export { type PassportSessions, serializeSessions } from './session-serializer.ts';
