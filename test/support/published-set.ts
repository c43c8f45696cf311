/** Another issuer, whose JWK Set is in the test's hands. */

import type { KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';
import {
  createJwtVerifier,
  type JwksResponse,
  type JwtVerifier,
  type RemoteJwks,
  type RemoteJwksOptions,
  remoteJwks,
} from '../../src/jwt/index.ts';
import { issuer } from './fixed-secret.ts';
import { keysFor } from './jwt-keys.ts';
import { type MovableClock, movableClock } from './movable-clock.ts';
import { audience } from './raw-jws.ts';

export const setUrl = 'https://idp.example/.well-known/jwks.json';

/** A call of `fetch`. */
interface AskedSet {
  readonly url: string;
  readonly request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: string;
    readonly signal: AbortSignal;
  };
}

/** What is answered to the next calls. */
type SetAnswer = (asked: AskedSet) => JwksResponse | Promise<JwksResponse>;

export interface PublishedSet {
  readonly clock: MovableClock;
  readonly keys: RemoteJwks;
  /** Every call, in order. */
  readonly asked: AskedSet[];
  /** Answers with these keys from now on. */
  publish(...keys: unknown[]): void;
  answer(answer: SetAnswer): void;
  fail(fault?: unknown): void;
  verifier(algorithms?: readonly JwtAlgorithm[]): JwtVerifier;
}

/** A set with the keys that `signedToken()` signs with. */
export function publishedSet(options: RemoteJwksOptions = {}): PublishedSet {
  const clock = movableClock();
  const asked: AskedSet[] = [];
  let current: SetAnswer = () => setOf(jwkOf('k1'));
  const fetch = async (url: string, request: never): Promise<JwksResponse> => {
    const call = { url, request };
    asked.push(call);
    return current(call);
  };
  const keys = remoteJwks(setUrl, { fetch, clock, ...options });
  return {
    clock,
    keys,
    asked,
    publish: (...published) => {
      current = () => setOf(...published);
    },
    answer: (next) => {
      current = next;
    },
    fail: (fault = new TypeError('fetch failed')) => {
      current = () => Promise.reject(fault);
    },
    verifier: (algorithms = ['ES256']) =>
      createJwtVerifier({ keys, algorithms, issuer, audience, typ: 'at+jwt', clock }),
  };
}

/** The public JWK of a key. */
export function jwkOf(kid: string | undefined, key: KeyObject = keysFor('ES256').publicKey): object {
  return { ...key.export({ format: 'jwk' }), ...(kid === undefined ? {} : { kid }) };
}

/** The answer with a set of these keys. */
export function setOf(...keys: unknown[]): JwksResponse {
  return answerOf(JSON.stringify({ keys }));
}

/** An answer; a text comes in one part. */
export function answerOf(
  body: string | Iterable<Uint8Array>,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): JwksResponse & { readonly cancelled: true[] } {
  const parts = (typeof body === 'string' ? [Buffer.from(body)] : body)[Symbol.iterator]();
  const cancelled: true[] = [];
  const reader = {
    read: async () => {
      const { done = false, value } = parts.next();
      return done ? { done } : { done, value };
    },
    cancel: async () => cancelled.push(true),
  };
  return {
    status,
    headers: { get: (name) => headers[name] ?? null },
    body: { getReader: () => reader },
    cancelled,
  };
}
