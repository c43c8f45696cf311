/** Where in a request an access token is: RFC 6750. Never in the URL, which logs keep, and never in the body. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { kindOf } from '../core/options.ts';
import { cookieValues } from './cookies.ts';
import { type HttpRequest, headerValues } from './request.ts';

/** A place in which a token may be. {@link fromBearer}, {@link fromHeader} and {@link fromCookie} make them. */
export interface TokenPlace {
  /** Whether browsers send it by themselves, as they do with cookies: then another site can have it sent. */
  readonly ambient: boolean;
  /** Every token that is there; one that cannot be read is an empty text. */
  read(request: HttpRequest): readonly string[];
}

/**
 * A function of the host's own; `undefined` when there is no token. A method's type, because methods are compared
 * loosely: the host writes the request of its framework here.
 */
export type ReadToken = {
  /** The token, at once. */
  read(request: HttpRequest): string | null | undefined;
}['read'];

/** The token of a request. */
export interface FoundToken {
  readonly token: string;
  /** It came from ambient places only. */
  readonly ambient: boolean;
}

/** The header `Authorization: Bearer <token>`. */
export function fromBearer(): TokenPlace {
  return bearer;
}

/**
 * A header of its own, such as `x-access-token`, that holds the token and nothing else.
 *
 * @throws {ConfigError} for a name that no such header can have.
 */
export function fromHeader(name: string): TokenPlace {
  const lowerCase = headerName(name);
  return Object.freeze({
    ambient: false,
    // Clients that have no token like to send the header all the same.
    read: (request: HttpRequest) => headerValues(request, lowerCase).filter((value) => value !== ''),
  });
}

/**
 * A cookie. As browsers send it by themselves, a method other than GET, HEAD and OPTIONS must then come from this
 * application's own pages or from one of `origins`.
 *
 * @throws {ConfigError} for a name that no cookie can have.
 */
export function fromCookie(name: string): TokenPlace {
  if (typeof name !== 'string' || !isName(name)) {
    throw new ConfigError('fromCookie', `takes the name of a cookie, got ${kindOf(name)}`);
  }
  return Object.freeze({
    ambient: true,
    read: (request: HttpRequest) => cookieValues(request, name).filter((value) => value !== ''),
  });
}

/**
 * The token of the request, or `undefined` when no place has one. The same token twice is one.
 *
 * @throws {AuthError} `ERR_REQUEST_AMBIGUOUS`, `ERR_TOKEN_INVALID` for one that is malformed.
 */
export function findToken(places: readonly TokenPlace[], request: HttpRequest): FoundToken | undefined {
  let token: string | undefined;
  let ambient = true;
  for (const place of places) {
    for (const each of place.read(request)) {
      // Whichever of them we took, somebody behind or before us may take the other.
      if (token !== undefined && each !== token) {
        throw new AuthError('ERR_REQUEST_AMBIGUOUS', 'the request has two different tokens');
      }
      token = each;
      ambient &&= place.ambient;
    }
  }
  if (token === undefined) return undefined;
  if (isToken(token)) return { token, ambient };
  throw new AuthError('ERR_TOKEN_INVALID', 'the token is malformed: see RFC 6750 §2.1');
}

/** The option `from`. */
export function readTokenPlaces(value: unknown, path: string): readonly TokenPlace[] {
  if (value === undefined) return [bearer];
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0) throw new ConfigError(path, 'is empty: no token could ever be found');
  return given.map((place) => {
    if (place === fromBearer || place === fromHeader || place === fromCookie) {
      throw new ConfigError(path, `must be called: write ${(place as () => unknown).name}(…)`);
    }
    if (typeof place === 'function') return hostPlace(place as ReadToken, path);
    if (isPlace(place)) return place;
    throw new ConfigError(
      path,
      `must be fromBearer(), fromHeader(name), fromCookie(name), a function, or a list of these, got ${kindOf(place)}`,
    );
  });
}

const bearer: TokenPlace = Object.freeze({
  ambient: false,
  read: (request: HttpRequest) =>
    headerValues(request, 'authorization')
      .map(afterScheme)
      .filter((token) => token !== undefined),
});

/** What follows the scheme and one space; `undefined` for another scheme, which is no token at all. */
function afterScheme(value: string): string | undefined {
  // A scheme is an RFC 9110 token, and its case does not matter: `Bearer,` is ours and malformed, `Bearers` is not ours.
  if (!/^bearer(?![\w!#$%&'*+.^`|~-])/i.test(value)) return undefined;
  return value[6] === ' ' ? value.slice(7) : '';
}

/** What a host's function reads counts as ambient: nobody here can know that it is not a cookie. */
function hostPlace(read: ReadToken, path: string): TokenPlace {
  return {
    ambient: true,
    read: (request) => {
      const token: unknown = read(request);
      if (token === undefined || token === null || token === '') return [];
      if (typeof token === 'string') return [token];
      // Nobody will await it, and its rejection would end the process.
      if (token instanceof Promise) token.catch(() => undefined);
      throw new ConfigError(
        path,
        `the function must return a text or undefined at once, got ${kindOf(token)}`,
      );
    },
  };
}

function headerName(name: unknown): string {
  const lowerCase = typeof name === 'string' ? name.toLowerCase() : '';
  if (lowerCase === 'authorization') {
    throw new ConfigError('fromHeader', 'does not know the scheme of Authorization: write fromBearer()');
  }
  if (lowerCase === 'cookie') {
    throw new ConfigError('fromHeader', 'does not know the names in Cookie: write fromCookie(name)');
  }
  if (isName(lowerCase)) return lowerCase;
  throw new ConfigError('fromHeader', `takes the name of a header, got ${kindOf(name)}`);
}

/** A `token` of RFC 9110 §5.6.2: what headers and cookies may be called. */
function isName(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/** A `b64token` of RFC 6750 §2.1. */
function isToken(text: string): boolean {
  return /^[\w.~+/-]+=*$/.test(text);
}

function isPlace(value: unknown): value is TokenPlace {
  if (typeof value !== 'object' || value === null) return false;
  return (
    typeof Reflect.get(value, 'read') === 'function' && typeof Reflect.get(value, 'ambient') === 'boolean'
  );
}
