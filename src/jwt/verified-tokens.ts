/** Tokens that have been verified, so that none is verified twice. */

import { defaults } from '../core/defaults.ts';
import { RecentMap } from '../core/recent-map.ts';

interface Kept<Entry> {
  readonly token: string;
  readonly entry: Entry;
  readonly endsAtSeconds: number;
}

/** The last characters of a token, all of its signature: to hash the whole text would cost more than all else here. */
const tailLength = 32;

/**
 * A bounded memory of verified tokens, found by the tail and then compared as a whole: a digest or a part that two texts
 * share would give one user another's claims (CVE-2026-35039). An entry ends when its token does (CVE-2026-107719).
 */
export class VerifiedTokens<Entry> {
  private readonly kept = new RecentMap<Kept<Entry>>(defaults.verifiedTokens);

  /** What was kept for this token, if its time is not over. */
  find(token: string, nowSeconds: number): Entry | undefined {
    // It is what somebody has sent: a text only by its type.
    if (typeof token !== 'string') return undefined;
    const tail = token.slice(-tailLength);
    const known = this.kept.get(tail);
    if (known === undefined || known.token !== token) return undefined;
    if (nowSeconds < known.endsAtSeconds) return known.entry;
    this.kept.delete(tail);
    return undefined;
  }

  /** Keeps it; those not used lately give way. Longer tokens than are usual are verified each time. */
  keep(token: string, entry: Entry, endsAtSeconds: number): void {
    if (token.length > defaults.verifiedTokenMaxLength) return;
    // A copy: a token that was cut out of a header keeps all of the header in memory.
    const copy = Buffer.from(token, 'latin1').toString('latin1');
    this.kept.set(copy.slice(-tailLength), { token: copy, entry, endsAtSeconds });
  }
}

/** The value and all that is in it, unchangeable: many requests share it. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
