/** The group `links` of `createAuth`. */

import { defaults } from '../defaults.ts';
import { ConfigError } from '../errors.ts';
import { kindOf, type OptionCheck, readOptions, seconds } from '../options.ts';
import type { Duration } from '../ports/duration.ts';

/** The pages that mailed links lead to, each an absolute URL to which `?token=` is added, and how long links work. */
export interface LinkOptions {
  /** Shows a button that proves an address. Set, new accounts have to do so before they can sign in. */
  readonly verifyEmail?: string;
  /** Shows a form with a new password. */
  readonly resetPassword?: string;
  /** Shows a button that moves the account to the address to which the link was sent. */
  readonly changeEmail?: string;
  /** Of `resetPassword`. Seconds or `'30m'`; from a minute to a day. Default: 30 minutes. */
  readonly resetLifetime?: Duration;
  /** Of `verifyEmail` and `changeEmail`. Seconds or `'24h'`; from a minute to 7 days. Default: a day. */
  readonly verifyLifetime?: Duration;
}

/** The group, read. */
export interface LinkSettings {
  readonly verifyEmail: string | undefined;
  readonly resetPassword: string | undefined;
  readonly changeEmail: string | undefined;
  readonly resetLifetime: number;
  readonly verifyLifetime: number;
}

const day = 86_400;

/** @throws {ConfigError} naming the option. */
export function readLinkOptions(value: unknown, path: string): LinkSettings {
  return readOptions<LinkSettings>(path, value, {
    verifyEmail: page,
    resetPassword: page,
    changeEmail: page,
    resetLifetime: seconds({ min: 60, max: day, fallback: defaults.resetLink }),
    verifyLifetime: seconds({ min: 60, max: 7 * day, fallback: defaults.verifyLink }),
  });
}

/** Absolute, and so never made of a `Host` header, which whoever asks for a link can choose (GHSA-fqh6-6h6c-366m). */
const page: OptionCheck<string | undefined> = (value, path) => {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) {
    return value;
  }
  throw new ConfigError(
    path,
    `must be an absolute URL like 'https://shop.example/users/reset', got ${kindOf(value)}`,
  );
};
