/** Every place where a token is let in, with the same key and the same expectations. */

import { expect } from 'vitest';
import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';
import { createJwtVerifier, createKeyRing, type JwtKey, verifyJwt } from '../../src/jwt/index.ts';
import { door } from './door.ts';
import { issuer } from './fixed-secret.ts';
import { keysFor } from './jwt-keys.ts';
import { type MovableClock, movableClock } from './movable-clock.ts';
import { audience } from './raw-jws.ts';

/** What a door is opened with; anything left out is as in a genuine token. */
export interface DoorLock {
  readonly algorithm?: JwtAlgorithm;
  readonly key?: JwtKey;
  readonly clock?: MovableClock;
  /** Seconds. */
  readonly clockTolerance?: number;
}

/** Shows it a token: the claims, or the refusal. */
export type JwtDoor = (token: unknown) => Promise<Readonly<Record<string, unknown>>>;

/** The doors, by name: each takes what {@link signedToken} makes with the same algorithm. */
export const jwtDoors: readonly { readonly door: string; readonly open: (lock?: DoorLock) => JwtDoor }[] = [
  {
    door: 'verifyJwt with a bare key',
    open: (lock) => {
      const { algorithm, key, ...expected } = whole(lock);
      return (token) => verifyJwt(token as string, { keys: key, algorithms: [algorithm], ...expected });
    },
  },
  {
    door: 'verifyJwt with a ring',
    open: (lock) => {
      const { algorithm, key, ...expected } = whole(lock);
      const keys = createKeyRing([{ kid: 'k1', algorithm, key }]);
      return (token) => verifyJwt(token as string, { keys, ...expected });
    },
  },
  {
    door: 'createJwtVerifier',
    open: (lock) => {
      const { algorithm, key, ...expected } = whole(lock);
      const verifier = createJwtVerifier({ keys: key, algorithms: [algorithm], ...expected });
      return (token) => verifier.verify(token as string);
    },
  },
  {
    door: 'auth.tokens',
    open: (lock) => {
      const { algorithm, key, clock, clockTolerance } = whole(lock);
      const keys = [{ kid: 'k1', algorithm, key, use: 'verify' }] as const;
      const { auth } = door({ audience, clock, tokens: { keys, clockTolerance } });
      return (token) => auth.tokens.verify(token as string);
    },
  },
];

/** The refusal of a token that nobody made for this door. */
export const refused: unknown = expect.objectContaining({ name: 'AuthError', code: 'ERR_TOKEN_INVALID' });

function whole({
  algorithm = 'ES256',
  key = keysFor(algorithm).publicKey,
  clock = movableClock(),
  clockTolerance = 0,
}: DoorLock = {}) {
  return { algorithm, key, clock, clockTolerance, issuer, audience, typ: 'at+jwt' } as const;
}
