/** The one secret of the application, and every key that is derived from it. */

import { deriveKey, shortName } from './crypto.ts';
import { ConfigError } from './errors.ts';
import { kindOf } from './options.ts';
import { isKeyText, isPlaceholder } from './weak-secrets.ts';

/** A key for one purpose, with the name of the secret it comes from. */
export interface DerivedKey {
  readonly secretId: string;
  readonly key: Uint8Array;
}

const minimumBytes = 32;
const howToMakeOne =
  "make one with: node -e \"console.log(require('node:crypto').randomBytes(32).toString('base64url'))\"";

/**
 * Derives a key for each purpose by HKDF, so that a value made for one purpose means nothing to another, and a realm's
 * nothing to another realm. The first secret signs; all verify, so that a secret can be replaced without signing
 * anybody out.
 */
export class Secrets {
  private readonly derived = new Map<string, readonly DerivedKey[]>();
  private readonly named: readonly { readonly secret: string; readonly id: string }[];
  private readonly realm: string;

  constructor(secret: unknown, realm: string) {
    this.realm = realm;
    this.named = readSecrets(secret).map((text) => ({
      secret: text,
      id: shortName(deriveKey(text, this.info('kid'))),
    }));
  }

  /** The key that makes new values for this purpose. */
  current(purpose: string): DerivedKey {
    return this.all(purpose)[0] as DerivedKey;
  }

  /** The key of the secret that made a value, or `undefined` when that secret is not listed any more. */
  byId(purpose: string, secretId: string): DerivedKey | undefined {
    return this.all(purpose).find((key) => key.secretId === secretId);
  }

  /** The keys of all secrets, the signing one first. */
  all(purpose: string): readonly DerivedKey[] {
    const known = this.derived.get(purpose);
    if (known !== undefined) return known;
    const keys = this.named.map(({ secret, id }) => ({
      secretId: id,
      key: deriveKey(secret, this.info(purpose)),
    }));
    this.derived.set(purpose, keys);
    return keys;
  }

  private info(purpose: string): string {
    return JSON.stringify(['ostiary/1', purpose, this.realm]);
  }
}

function readSecrets(secret: unknown): readonly string[] {
  if (secret === undefined || secret === '') {
    throw new ConfigError('secret', `is not set (an environment variable that is missing?); ${howToMakeOne}`);
  }
  const list: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  if (list.length === 0) throw new ConfigError('secret', `is an empty list; ${howToMakeOne}`);
  list.forEach((one, index) => {
    checkSecret(one, Array.isArray(secret) ? `secret.${index}` : 'secret');
  });
  if (new Set(list).size !== list.length) throw new ConfigError('secret', 'lists the same secret twice');
  return list as readonly string[];
}

function checkSecret(secret: unknown, path: string): void {
  if (typeof secret !== 'string') throw new ConfigError(path, `must be a string, got ${kindOf(secret)}`);
  const bytes = Buffer.byteLength(secret);
  if (bytes < minimumBytes) {
    throw new ConfigError(path, `has ${bytes} bytes and needs at least ${minimumBytes}; ${howToMakeOne}`);
  }
  // A text copied from an example is known to everybody, however long it is.
  if (isPlaceholder(secret) || new Set(secret).size < 8) {
    throw new ConfigError(path, `looks like a placeholder; ${howToMakeOne}`);
  }
  if (isKeyText(secret)) throw new ConfigError(path, `is a key, which others may know; ${howToMakeOne}`);
}
