/** The text of a bcrypt hash, read strictly. */

import { randomBytes } from 'node:crypto';

/** A hash that `verify` can answer `true` for. */
export interface BcryptHash {
  /** Whether bcrypt was given the password itself; `$2o$` was given its digest. */
  readonly plain: boolean;
  readonly cost: number;
  /** What bcrypt is run with: `$2b$12$` and the salt. */
  readonly setting: string;
  /** The 31 characters that are compared. */
  readonly checksum: string;
}

const minCost = 4;

// The last character of the checksum carries four bits. Only its canonical form can equal what bcrypt computes. The
// salt's last character carries two, and tables made by hand-written PHP hold others: bcrypt ignores the rest.
const form = /^\$2([abyo])\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{30}[.CGKOSWaeimquy26])$/;

/**
 * Reads `$2a$`, `$2b$`, `$2y$` and our `$2o$`; `null` for everything else: `$2x$` (a broken algorithm,
 * CVE-2011-2483), a cost below 4, and a cost above `maxCost`, which would let one row stop the server.
 */
export function readBcryptHash(hash: unknown, maxCost: number): BcryptHash | null {
  const [, minor, costText, salt, checksum] = typeof hash === 'string' ? (form.exec(hash) ?? []) : [];
  if (salt === undefined || checksum === undefined) return null;
  const cost = Number(costText);
  if (cost < minCost || cost > maxCost) return null;
  return { plain: minor !== 'o', cost, setting: bcryptSetting(cost, salt), checksum };
}

/** What bcrypt is run with for this cost and this salt of 22 characters. */
export function bcryptSetting(cost: number, salt: string): string {
  return `$2b$${String(cost).padStart(2, '0')}$${salt}`;
}

/** 16 random bytes in bcrypt's own base64, which differs from the common one in its alphabet only. */
export function randomSalt(): string {
  const common = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const bcrypts = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const salt = randomBytes(16).toString('base64').slice(0, 22);
  return Array.from(salt, (character) => bcrypts[common.indexOf(character)]).join('');
}
