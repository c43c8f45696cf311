/** The option `tokens` of `createAuth`. */

import { defaults } from '../core/defaults.ts';
import { ConfigError } from '../core/errors.ts';
import { kindOf, optional, readOptions, seconds } from '../core/options.ts';
import type { Duration } from '../core/ports/duration.ts';
import type { RefreshSettings } from '../core/tokens/refresh-rotation.ts';
import { type KeyRing, type KeyRingEntry, keyRingOption } from './key-ring.ts';
import { type LegacyIssuer, type LegacyTokens, readLegacyTokens } from './legacy-tokens.ts';
import { toleranceOption } from './verify-options.ts';

/** Says which of the scopes that a client asks for it gets. */
export type GrantScopes<User> = (
  user: User,
  requested: readonly string[],
) => readonly string[] | Promise<readonly string[]>;

/** How access tokens are made and checked. */
export interface TokenOptions<User> {
  /**
   * Keys of your own, for tokens that others verify too: the first that can sign signs. Tokens signed with the secret go
   * on verifying. Default: HS256 with a key derived from the secret.
   */
  readonly keys?: KeyRing | readonly KeyRingEntry[];
  /** The claim `client_id`: the application that asks for tokens. Default: the audience. */
  readonly clientId?: string;
  /** Seconds or `'5m'`; 30 days at most. Default: 5 minutes. */
  readonly expiresIn?: Duration;
  /** By how much the clocks of your machines may differ: a minute at most. Default: 0. */
  readonly clockTolerance?: Duration;
  /** How old an answer about revocation may be, an hour at most. Default: 0, the state store is asked every time. */
  readonly maxStaleness?: Duration;
  /** Says which of the scopes that a client asks for it gets. Default: none. */
  readonly scopes?: GrantScopes<User>;
  /** How long refresh tokens live. */
  readonly refresh?: RefreshLife;
  /** Tokens from before ostiary, for as long as they are still around. Default: none. */
  readonly legacy?: readonly LegacyTokens[];
}

/** How long a login with refresh tokens lives. */
export interface RefreshLife {
  /** Without a refresh. Seconds or `'14d'`; a year at most. Default: 14 days. */
  readonly idle?: Duration;
  /** Whatever happens. Seconds or `'90d'`; a year at most. Default: 90 days. */
  readonly absolute?: Duration;
  /**
   * How long a token that was used gets the same answer again, for a client whose answer got lost and for two tabs that
   * refresh at once. Seconds or `'10s'`, from 0 to a minute. Default: 10 seconds.
   */
  readonly grace?: Duration;
}

/** How the tokens of one `createAuth` are made; durations in seconds. */
export interface JwtTokenOptions<User> {
  readonly keys: KeyRing | undefined;
  readonly audience: string;
  readonly clientId: string;
  readonly expiresIn: number;
  readonly clockTolerance: number;
  readonly maxStaleness: number;
  readonly scopes: GrantScopes<User>;
  readonly refresh: RefreshSettings;
  readonly legacy: readonly LegacyIssuer[];
}

const month = 30 * 86_400;
const year = 365 * 86_400;

/** @throws {ConfigError} naming the option. */
export function readTokenOptions<User>(
  value: unknown,
  path: string,
  audience: string,
): JwtTokenOptions<User> {
  const { clientId = audience, ...read } = readOptions<{
    keys: KeyRing | undefined;
    clientId: string | undefined;
    expiresIn: number;
    clockTolerance: number;
    maxStaleness: number;
    scopes: GrantScopes<User>;
    refresh: RefreshSettings;
    legacy: readonly LegacyIssuer[];
  }>(path, value, {
    keys: optional(keyRingOption),
    clientId: optional(readClientId),
    expiresIn: seconds({ min: 1, max: month, fallback: defaults.accessToken }),
    clockTolerance: toleranceOption,
    maxStaleness: seconds({ min: 0, max: 3600, fallback: defaults.maxStaleness }),
    scopes: readScopes,
    refresh: readRefresh,
    legacy: readLegacyTokens,
  });
  return { ...read, clientId, audience };
}

function readRefresh(value: unknown, path: string): RefreshSettings {
  const read = readOptions<RefreshSettings>(path, value, {
    idle: seconds({ min: 1, max: year, fallback: defaults.refreshIdle }),
    absolute: seconds({ min: 1, max: year, fallback: defaults.refreshAbsolute }),
    grace: seconds({ min: 0, max: 60, fallback: defaults.refreshGrace }),
  });
  if (read.idle <= read.absolute) return read;
  throw new ConfigError(
    `${path}.idle`,
    `is ${read.idle} seconds and longer than ${path}.absolute, ${read.absolute}`,
  );
}

function readClientId(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ConfigError(path, `must be a text, got ${kindOf(value)}`);
}

function readScopes<User>(value: unknown, path: string): GrantScopes<User> {
  if (value === undefined) return () => [];
  if (typeof value === 'function') return value as GrantScopes<User>;
  throw new ConfigError(
    path,
    `must be a function of the user and the scopes asked for, got ${kindOf(value)}`,
  );
}
