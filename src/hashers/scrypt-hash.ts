/** The text of a scrypt hash, read strictly: the PHC format, as passlib writes it too. */

import { canRun, memoryOf, type ScryptCost, workOf } from './scrypt-work.ts';

/** A hash that `verify` can answer `true` for. */
export interface ScryptHash {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

const form =
  /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

/** Reads a hash that costs no more than `dearest`, in time and in memory; `null` for everything else. */
export function readScryptHash(hash: unknown, dearest: ScryptCost): ScryptHash | null {
  const [, logN, r, p, saltText, keyText] = typeof hash === 'string' ? (form.exec(hash) ?? []) : [];
  const [salt, key] = [fromPhcBase64(saltText), fromPhcBase64(keyText)];
  if (salt === null || key === null) return null;
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  if (!canRun(cost) || workOf(cost) > workOf(dearest) || memoryOf(cost) > memoryOf(dearest)) return null;
  return { cost, salt, key };
}

/** The text that is stored. */
export function writeScryptHash({ cost, salt, key }: ScryptHash): string {
  return `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${toPhcBase64(salt)}$${toPhcBase64(key)}`;
}

function toPhcBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

/** One text for each value: bits that the decoder would drop are refused. */
function fromPhcBase64(text: string | undefined): Buffer | null {
  const bytes = Buffer.from(text ?? '', 'base64');
  return text !== undefined && toPhcBase64(bytes) === text ? bytes : null;
}
