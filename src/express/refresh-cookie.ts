/** The refresh token of a browser application, kept in a cookie. */

import { defaults } from '../core/defaults.ts';
import { ConfigError } from '../core/errors.ts';
import { flag, kindOf, readOptions, seconds } from '../core/options.ts';
import type { Duration } from '../core/ports/duration.ts';
import { readOrigins } from '../http/csrf.ts';
import { answered } from '../http/problem.ts';
import {
  type CookieRules,
  clearedCookieText,
  cookieName,
  readRefreshCookie,
  refreshCookieText,
} from '../http/refresh-cookie.ts';
import type { HttpRequest } from '../http/request.ts';
import type { CookieResponse } from './middleware.ts';

/** How the cookie is made. */
export interface RefreshCookieOptions {
  /** Its name, behind `__Host-`. Another for each realm. Default: `refresh`. */
  readonly name?: string;
  /** `false` for development without TLS: no `__Host-`, no `Secure`, and a warning. Default: `true`. */
  readonly secure?: boolean;
  /** How long the browser keeps it. Seconds or `'14d'`; a year at most. Default: 14 days, as `tokens.refresh.idle`. */
  readonly maxAge?: Duration;
  /** Further origins whose pages may refresh. */
  readonly origins?: readonly string[];
}

/** Reads, writes and removes it. */
export interface RefreshCookie {
  /**
   * The refresh token that the browser sent, or `undefined`.
   *
   * @throws {AuthError} `ERR_CSRF_REJECTED` for a request of another site, `ERR_REQUEST_AMBIGUOUS` for two cookies.
   */
  read(request: HttpRequest): string | undefined;
  /** Sets it: after the login, and after each refresh. */
  write(response: CookieResponse, pair: { readonly refreshToken?: string | undefined }): void;
  /**
   * Removes it: at the logout. Not when a refresh was refused: another tab may have just got the next token, and would
   * lose it.
   */
  clear(response: CookieResponse): void;
}

const year = 365 * 86_400;

/**
 * Keeps the refresh token of a browser application in a cookie that scripts cannot read; the access token stays in the
 * page's memory.
 *
 * @throws {ConfigError} naming the option.
 *
 * @example
 * ```ts
 * const cookie = refreshCookie();
 * app.post('/token', async (req, res, next) => {
 *   try {
 *     const { refreshToken, ...pair } = await auth.tokens.refresh(cookie.read(req) ?? '');
 *     cookie.write(res, { refreshToken });
 *     res.json(pair);
 *   } catch (error) {
 *     next(error);
 *   }
 * });
 * ```
 */
export function refreshCookie(options?: RefreshCookieOptions): RefreshCookie {
  const { name, secure, maxAge, origins } = readOptions<Required<RefreshCookieOptions> & { maxAge: number }>(
    'refreshCookie',
    options,
    {
      name: readName,
      secure: flag(true),
      maxAge: seconds({ min: 1, max: year, fallback: defaults.refreshIdle }),
      origins: readOrigins,
    },
  );
  if (!secure) warnOfPlainCookie();
  const rules: CookieRules = { name: cookieName(name, secure), secure, origins, maxAgeSeconds: maxAge };
  return Object.freeze({
    read: (request: HttpRequest) => reading(() => readRefreshCookie(request, rules)),
    write: (response: CookieResponse, pair: { readonly refreshToken?: string | undefined }) =>
      addCookie(response, refreshCookieText(pair?.refreshToken, rules), rules.name),
    clear: (response: CookieResponse) => addCookie(response, clearedCookieText(rules), rules.name),
  });
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw answered(error, { issuer: '' });
  }
}

/** Beside what the host sets; of two with this name the later one counts. */
function addCookie(response: CookieResponse, text: string, name: string): void {
  const present = response.getHeader('Set-Cookie') ?? [];
  const list = (Array.isArray(present) ? present : [String(present)]) as readonly string[];
  const others = list.filter((each) => !each.startsWith(`${name}=`));
  response.setHeader('Set-Cookie', [...others, text]);
  // What is answered holds a key, or says that there is none any more (RFC 6749 §5.1).
  response.setHeader('Cache-Control', 'no-store');
}

function readName(value: unknown, path: string): string {
  if (value === undefined) return 'refresh';
  if (typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) && !/^__/.test(value)) return value;
  throw new ConfigError(path, `must be 1 to 64 letters, digits, '_' or '-', got ${kindOf(value)}`);
}

function warnOfPlainCookie(): void {
  process.emitWarning(
    'refreshCookie: secure is false, for development only: anybody on the way can read it',
    {
      code: 'OSTIARY_COOKIE_NOT_SECURE',
    },
  );
}
