/** Fetching a JWK Set: from its own origin, in time, and no more than a set can be. */

import { defaults } from '../core/defaults.ts';
import { inTime, late } from '../core/time-limit.ts';

/** What is read of the answer of `fetch`. */
export interface JwksResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel(): Promise<unknown>;
    };
  } | null;
}

/** `globalThis.fetch`, or another that does the same. It gets the address and an ordinary `RequestInit`. */
export type JwksFetch = (url: string, request: never) => Promise<JwksResponse>;

/** {@link JwksFetch}, as it is called. */
export type JwksRequest = (url: string, request: object) => Promise<JwksResponse>;

const redirects: readonly number[] = [301, 302, 303, 307, 308];
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The entries of the set at this address, whatever they are. Rejects when there is no good answer in time. */
export async function fetchJwks(
  url: string,
  fetch: JwksRequest,
  timeoutSeconds: number,
): Promise<readonly unknown[]> {
  const stop = new AbortController();
  try {
    // Our own time too: not every `fetch` minds the signal while the body comes in drops.
    const text = await inTime(timeoutSeconds * 1000, () => readAnswer(url, fetch, stop.signal));
    if (text === late) throw badAnswer('TIMEOUT');
    return keysIn(text);
  } finally {
    stop.abort();
  }
}

async function readAnswer(url: string, fetch: JwksRequest, signal: AbortSignal): Promise<string> {
  let address = url;
  for (let left = defaults.remoteKeysRedirects; left >= 0; left -= 1) {
    signal.throwIfAborted();
    const response = await fetch(address, {
      headers: { Accept: 'application/jwk-set+json, application/json' },
      // By hand, because `fetch` would follow to anywhere.
      redirect: 'manual',
      signal,
    });
    const location = redirects.includes(response.status) ? response.headers.get('location') : null;
    if (location === null) return readBody(response, signal);
    await response.body?.getReader().cancel();
    const next = new URL(location, address);
    // Whoever the issuer links to would sign in its name, and an open redirect is easily found (RFC 9700 §4.11).
    const { origin, protocol } = new URL(url);
    // The protocol too: the origin of a `blob:` is that of what it was made on.
    if (next.origin !== origin || next.protocol !== protocol) throw badAnswer('REDIRECT_ELSEWHERE');
    address = next.href;
  }
  throw badAnswer('TOO_MANY_REDIRECTS');
}

async function readBody({ status, body }: JwksResponse, signal: AbortSignal): Promise<string> {
  const reader = body?.getReader();
  try {
    if (status !== 200) throw badAnswer(`STATUS_${status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      signal.throwIfAborted();
      size += part.value.byteLength;
      // Counted and not believed: a length that is announced says nothing of what a compressed answer becomes.
      if (size > defaults.remoteKeysMaxBytes) throw badAnswer('TOO_LONG');
      chunks.push(part.value);
    }
    return decoded(Buffer.concat(chunks));
  } finally {
    // The connection is free again, also when the rest of the answer is not wanted.
    await reader?.cancel().catch(() => undefined);
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badAnswer('NO_UTF8');
  }
}

/** RFC 7517 §5: an object with a list `keys`. A page of a proxy is no set in which all keys are missing. */
function keysIn(text: string): readonly unknown[] {
  const set = parsed(text);
  const keys =
    typeof set === 'object' && set !== null && Object.hasOwn(set, 'keys') ? Reflect.get(set, 'keys') : null;
  if (!Array.isArray(keys)) throw badAnswer('NO_JWK_SET');
  return keys;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Nothing of the answer is quoted: it may be a page that repeats what was asked. */
function badAnswer(code: string): Error {
  return Object.assign(new Error(`the address of the keys gave no good answer: ${code}`), { code });
}
