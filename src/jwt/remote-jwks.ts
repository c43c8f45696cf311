/** The public keys of another issuer, by their address. */

import { defaults } from '../core/defaults.ts';
import { ConfigError } from '../core/errors.ts';
import { kindOf, readOptions, seconds } from '../core/options.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Duration } from '../core/ports/duration.ts';
import { fetchJwks, type JwksFetch, type JwksRequest } from './jwks-request.ts';
import { type RemoteJwks, RemoteKeys, remoteJwksOf } from './remote-keys.ts';
import { readClock } from './verify-options.ts';

/** How the keys are fetched, and for how long they are kept. */
export interface RemoteJwksOptions {
  /** Default: the `fetch` of Node. Redirects are followed by hand, so it has to mind `redirect: 'manual'`. */
  readonly fetch?: JwksFetch;
  /**
   * How long a set is taken for the one that is published. A key that its issuer has taken out is refused after that at
   * the latest, or an hour after the last success if the issuer cannot be reached. Seconds or `'10m'`, an hour at most.
   * Default: 10 minutes.
   */
  readonly cacheMaxAge?: Duration;
  /**
   * How often a set is fetched at most, for a token that names an unknown key or after a failure. Seconds or `'30s'`, no
   * longer than `cacheMaxAge`. Default: 30 seconds.
   */
  readonly cooldown?: Duration;
  /** How long the whole answer may take, redirects included. From 1 to 60 seconds. Default: 5 seconds. */
  readonly timeout?: Duration;
  /** Default: `Date`. */
  readonly clock?: Clock;
}

/**
 * The keys of another issuer for `verifyJwt` and `createJwtVerifier`, fetched from its JWK Set (RFC 7517 §5) when they
 * are first needed. Make it once and keep it: it is what remembers them.
 *
 * Of a set the keys for the verifier's `algorithms` are used, at most 100. Secrets, private keys, keys for encryption,
 * weak and damaged ones are passed over. A set has 64 KB at most, and comes from its own origin (RFC 9700 §4.11).
 *
 * While no set can be had, and when the last one is older than an hour, verifying rejects with `ERR_STATE_UNAVAILABLE`.
 *
 * @throws {ConfigError} naming the option: an address that is not `https:`, or `http:` on this machine.
 *
 * @example
 * ```ts
 * const tokens = createJwtVerifier({
 *   keys: remoteJwks('https://idp.example/.well-known/jwks.json'),
 *   algorithms: ['RS256'],
 *   issuer: 'https://idp.example',
 *   audience: 'https://api.shop.example',
 *   typ: 'at+jwt',
 * });
 * ```
 */
export function remoteJwks(url: string, options?: RemoteJwksOptions): RemoteJwks {
  const { href, origin } = readAddress(url);
  const { fetch, timeout, cacheMaxAge, cooldown, clock } = readOptions<{
    fetch: JwksRequest;
    cacheMaxAge: number;
    cooldown: number;
    timeout: number;
    clock: Clock;
  }>('remoteJwks', options, {
    fetch: readFetch,
    cacheMaxAge: seconds({ min: 1, max: defaults.remoteKeysStale, fallback: defaults.remoteKeysMaxAge }),
    cooldown: seconds({ min: 1, max: defaults.remoteKeysStale, fallback: defaults.remoteKeysCooldown }),
    timeout: seconds({ min: 1, max: 60, fallback: defaults.remoteKeysTimeout }),
    clock: readClock,
  });
  if (cooldown > cacheMaxAge) {
    throw new ConfigError(
      'remoteJwks.cooldown',
      `is ${cooldown} seconds and longer than remoteJwks.cacheMaxAge, ${cacheMaxAge}`,
    );
  }
  const fetchEntries = (): Promise<readonly unknown[]> => fetchJwks(href, fetch, timeout);
  return remoteJwksOf(href, new RemoteKeys({ fetchEntries, origin, cacheMaxAge, cooldown, clock }));
}

/** What never leaves this machine. `127.0.0.1.evil.example` is somewhere else. */
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whoever can change the answer on its way can sign for the issuer. */
function readAddress(value: unknown): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) {
    throw new ConfigError('remoteJwks.url', `must be the address of a JWK Set, got ${kindOf(value)}`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.test(url.hostname))) {
    throw new ConfigError('remoteJwks.url', 'must begin with https:, or http: on this machine');
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError('remoteJwks.url', 'holds a user or a password, which fetch does not take');
  }
  url.hash = '';
  return url;
}

/** Asked for anew at each call: tools that watch requests put their own in its place. */
const ofPlatform: JwksRequest = (url, request) => fetch(url, request);

function readFetch(value: unknown, path: string): JwksRequest {
  if (value === undefined && typeof fetch === 'function') return ofPlatform;
  if (typeof value === 'function') return value as JwksRequest;
  throw new ConfigError(path, `must be a function like globalThis.fetch, got ${kindOf(value)}`);
}
