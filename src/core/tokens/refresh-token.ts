/** The text of a refresh token: a name, a number, and a proof that is stored nowhere. */

import { equalSecrets, mac } from '../crypto.ts';
import type { Secrets } from '../secrets.ts';
import type { RefreshFamily } from './refresh-family.ts';

/** What a text claims to be. Nothing of it is known to be true. */
export interface PresentedToken {
  /** Names the family. */
  readonly id: string;
  /** Which token of the family it is. */
  readonly generation: number;
  readonly proof: string;
}

const purpose = 'refresh-token';
const form = /^([\w-]{22})\.([\w-]{48})$/;
const numberBytes = 4;

/** `<family>.<number and MAC>`: the same text whenever it is made, so that a repeated request gets the same answer. */
export function refreshTokenOf(secrets: Secrets, id: string, family: RefreshFamily): string {
  const key = secrets.byId(purpose, family.secretId) ?? secrets.current(purpose);
  const number = Buffer.alloc(numberBytes);
  number.writeUInt32BE(family.generation);
  const proof = Buffer.from(proofOf(key.key, id, family.generation, family.seed), 'base64url');
  return `${id}.${Buffer.concat([number, proof]).toString('base64url')}`;
}

/** The parts of a text that has the form of a refresh token, or `null`. */
export function readRefreshToken(text: unknown): PresentedToken | null {
  const [, id, rest] = typeof text === 'string' ? (form.exec(text) ?? []) : [];
  if (id === undefined || rest === undefined) return null;
  const bytes = Buffer.from(rest, 'base64url');
  return {
    id,
    generation: bytes.readUInt32BE(0),
    proof: bytes.subarray(numberBytes).toString('base64url'),
  };
}

/**
 * Whether we made this token, at whatever time and with whichever secret. Asked before anything changes: a forged token
 * must not end the login that it names.
 */
export function isGenuine(secrets: Secrets, token: PresentedToken, family: RefreshFamily): boolean {
  return secrets
    .all(purpose)
    .some(({ key }) => equalSecrets(proofOf(key, token.id, token.generation, family.seed), token.proof));
}

function proofOf(key: Uint8Array, id: string, generation: number, seed: string): string {
  return mac(key, id, String(generation), seed);
}
