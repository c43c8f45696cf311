/** Asking a service for breached passwords without telling it the password. */

import { sha1Hex } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import { ConfigError } from '../errors.ts';
import { kindOf, type OptionCheck, readOptions, seconds } from '../options.ts';
import type { Duration } from '../ports/duration.ts';
import type { BreachedPasswords } from './password-options.ts';

/** What is read of the answer of `fetch`. */
export interface RangeResponse {
  readonly status: number;
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel(): Promise<unknown>;
    };
  } | null;
}

/** Where the service is, and how it is reached. */
export interface PwnedPasswordsOptions {
  /** `globalThis.fetch`, or another that does the same. It gets the address and an ordinary `RequestInit`. */
  readonly fetch: (url: string, request: never) => Promise<RangeResponse>;
  /** The address before the five characters. Default: `https://api.pwnedpasswords.com/range`. */
  readonly url?: string;
  /** From 1 to 60 seconds. Default: 2 s, which is as long as `passwords.breached` is waited for. */
  readonly timeout?: Duration;
}

const service = 'https://api.pwnedpasswords.com/range';
/** Bytes. A range has about 40 KB, and grows with each breach. */
const longestRange = 1_048_576;
const prefixLength = 5;
/** `SUFFIX:COUNT`: the other 35 characters of a SHA-1, and how often that password was seen. */
const rangeLine = /^([\dA-F]{35}):(\d{1,15})$/i;

/**
 * A hook for `passwords.breached` that asks Pwned Passwords, or a mirror of it. Only the first five of the 40 characters
 * of the password's SHA-1 are sent. About a thousand known passwords share them, and whether it is one of these is found
 * out here. The service is asked to pad its answer, so that its length says nothing either.
 *
 * The hook rejects when there is no good answer. `passwords.breached` then accepts the password, and says so by the event
 * `password.breach-check-failed`.
 *
 * @throws {ConfigError} naming the option.
 * @see https://haveibeenpwned.com/API/v3#PwnedPasswords
 * @example
 * ```ts
 * const auth = createAuth({ …, passwords: { breached: pwnedPasswords({ fetch }) } });
 * ```
 */
export function pwnedPasswords(options: PwnedPasswordsOptions): BreachedPasswords {
  const { fetch, url, timeout } = readOptions<{
    readonly fetch: (url: string, request: object) => Promise<RangeResponse>;
    readonly url: string;
    readonly timeout: number;
  }>('pwnedPasswords', options, {
    fetch: readFetch,
    url: readUrl,
    timeout: seconds({ min: 1, max: 60, fallback: defaults.pwnedPasswordsTimeout }),
  });
  return async function isPwned(password) {
    const name = sha1Hex(password);
    const response = await fetch(`${url}/${name.slice(0, prefixLength)}`, {
      headers: { 'Add-Padding': 'true' },
      // Another host would learn the five characters, and answer what it likes.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout * 1000),
    });
    return isInRange(name.slice(prefixLength), await readRange(response));
  };
}

const readFetch: OptionCheck<(url: string, request: object) => Promise<RangeResponse>> = (value, path) => {
  if (typeof value === 'function') return value as (url: string, request: object) => Promise<RangeResponse>;
  throw new ConfigError(path, `must be a function like globalThis.fetch, got ${kindOf(value)}`);
};

const readUrl: OptionCheck<string> = (value, path) => {
  if (value === undefined) return service;
  if (typeof value === 'string' && /^https?:\/\/[^\s?#]+$/.test(value) && URL.canParse(value)) {
    return value.replace(/\/+$/, '');
  }
  throw new ConfigError(path, `must be an http or https address without a query, got ${kindOf(value)}`);
};

/** The text of a good answer. Of another one nothing is kept: it may be a page that repeats what was asked. */
async function readRange({ status, body }: RangeResponse): Promise<string> {
  const reader = body?.getReader();
  try {
    if (status !== 200) throw badAnswer(`STATUS_${status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      size += part.value.byteLength;
      // A service that never stops must not fill the memory.
      if (size > longestRange) throw badAnswer('TOO_LONG');
      chunks.push(part.value);
    }
    return Buffer.concat(chunks).toString('latin1');
  } finally {
    // The connection is free again, also when the rest of the answer is not wanted.
    await reader?.cancel().catch(() => undefined);
  }
}

/** Every line is read: a page of a proxy is no range in which the password is missing. */
function isInRange(suffix: string, range: string): boolean {
  const lines = range.trim().split(/\r?\n/);
  const read = lines.map((line) => rangeLine.exec(line));
  if (read.includes(null)) throw badAnswer('NO_RANGE');
  // A count of zero is padding.
  return read.some((line) => line?.[1]?.toUpperCase() === suffix && Number(line[2]) > 0);
}

/** `code` is what the event tells. */
function badAnswer(code: string): Error {
  return Object.assign(new Error(`the service for breached passwords gave no good answer: ${code}`), {
    code,
  });
}
