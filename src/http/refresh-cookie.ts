/** A refresh token in a cookie, for browser applications: out of the reach of scripts. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { cookieValues } from './cookies.ts';
import { refuseCrossSite } from './csrf.ts';
import type { HttpRequest } from './request.ts';

/** How the cookie is written. */
export interface CookieRules {
  /** With its prefix. */
  readonly name: string;
  readonly secure: boolean;
  readonly origins: readonly string[];
  readonly maxAgeSeconds: number;
}

/**
 * The name in the browser. A `__Host-` cookie can be set by this host alone, not by a sibling domain or over plain HTTP
 * (RFC 6265bis §4.1.3.2); it goes with `Path=/`.
 */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

/**
 * The refresh token of the request, or `undefined` when it has none.
 *
 * @throws {AuthError} `ERR_CSRF_REJECTED`: a page of another site would use the token up; `ERR_REQUEST_AMBIGUOUS` for
 * two different ones.
 */
export function readRefreshCookie(request: HttpRequest, { name, origins }: CookieRules): string | undefined {
  const values = new Set(cookieValues(request, name));
  if (values.size === 0) return undefined;
  refuseCrossSite(request, origins);
  if (values.size > 1) {
    throw new AuthError('ERR_REQUEST_AMBIGUOUS', `the request has two different cookies named ${name}`);
  }
  const [value = ''] = values;
  return value === '' ? undefined : value;
}

/** The header that sets it. */
export function refreshCookieText(token: unknown, { name, secure, maxAgeSeconds }: CookieRules): string {
  if (typeof token === 'string' && /^[\w.~+/-]+=*$/.test(token)) {
    return cookieText(name, token, secure, maxAgeSeconds);
  }
  throw new ConfigError(
    'refreshCookie',
    'there is no refresh token in the pair: issue it with refresh: true',
  );
}

/** The header that removes it. */
export function clearedCookieText({ name, secure }: CookieRules): string {
  return cookieText(name, '', secure, 0);
}

function cookieText(name: string, value: string, secure: boolean, maxAge: number): string {
  const flags = secure ? '; HttpOnly; Secure; SameSite=Lax' : '; HttpOnly; SameSite=Lax';
  return `${name}=${value}; Path=/; Max-Age=${maxAge}${flags}`;
}
