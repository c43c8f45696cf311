/** Cross-site request forgery, refused without tokens: the browser says where a request comes from. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { kindOf } from '../core/options.ts';
import { type HttpRequest, header } from './request.ts';

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/** Whether the request may change something. A method override counts as both of its methods. */
export function isUnsafe(request: HttpRequest): boolean {
  const original: unknown = Reflect.get(request, 'originalMethod');
  return [request.method, original].some(
    (method) => typeof method === 'string' && !safeMethods.includes(method),
  );
}

/**
 * Refuses an unsafe request that another site made.
 *
 * @throws {AuthError} `ERR_CSRF_REJECTED`
 */
export function refuseForgery(request: HttpRequest, origins: readonly string[]): void {
  if (isUnsafe(request)) refuseCrossSite(request, origins);
}

/**
 * Refuses a request of another site, whatever its method: for acts such as signing out, which a link must not do.
 *
 * @throws {AuthError} `ERR_CSRF_REJECTED`
 */
export function refuseCrossSite(request: HttpRequest, origins: readonly string[]): void {
  if (isOwnOrigin(request, origins)) return;
  throw new AuthError(
    'ERR_CSRF_REJECTED',
    'the request comes from another origin; list origins that may send it in the adapter’s option `origins`',
  );
}

function isOwnOrigin(request: HttpRequest, origins: readonly string[]): boolean {
  const origin = header(request, 'origin');
  if (origin !== undefined && origins.includes(origin)) return true;
  const site = header(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  // Neither header: no browser sends that, and nothing but a browser can be tricked into sending a cookie.
  if (origin === undefined) return true;
  return isSameHost(origin, header(request, 'host'));
}

/** Host and port only: behind a proxy that ends TLS the application does not know its own scheme. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  const own = `${protocol}//${host}`;
  return originHost !== '' && URL.canParse(own) && new URL(own).host === originHost;
}

/** The option `origins`: further origins whose pages may send requests here. */
export function readOrigins(value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ConfigError(path, `must be a list of origins, got ${kindOf(value)}`);
  value.forEach((origin, index) => {
    if (typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin) return;
    throw new ConfigError(
      `${path}.${index}`,
      "must be an origin like 'https://shop.example', without a path",
    );
  });
  return Object.freeze([...value]) as readonly string[];
}
