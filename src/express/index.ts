/** Express 4 and 5: guards, sign-in over express-session, answers to refusals. */

export {
  fromBearer,
  fromCookie,
  fromHeader,
  type ReadToken,
  type TokenPlace,
} from '../http/bearer.ts';
export type { BearerOptions, TokenVerifier } from '../http/bearer-auth.ts';
export type { HostSession, SessionAuth } from '../http/login-session.ts';
export { type Problem, problemOf } from '../http/problem.ts';
export { safeRedirect } from '../http/redirects.ts';
export type { HttpRequest } from '../http/request.ts';
export { type AuthErrorsOptions, authErrors } from './auth-errors.ts';
export { type CsrfOptions, csrf } from './csrf.ts';
export { jwks } from './jwks.ts';
export type {
  CookieResponse,
  ErrorMiddleware,
  HttpResponse,
  Middleware,
  NegotiatingRequest,
  Next,
} from './middleware.ts';
export { type RefreshCookie, type RefreshCookieOptions, refreshCookie } from './refresh-cookie.ts';
export { getAuth, getToken, type RequestAuth } from './request-auth.ts';
export { requireAuth } from './require-auth.ts';
export type { GuardAuth, RequireAuthOptions } from './require-auth-options.ts';
export { type SessionLogin, type SessionLoginOptions, sessionLogin } from './session-login.ts';
