/** Tokens that have been verified, so that none is verified twice. */

import { defaults } from '../core/defaults.ts';

interface Kept<Entry> {
  readonly entry: Entry;
  readonly endsAtSeconds: number;
}

/**
 * A bounded memory of verified tokens. Its key is the whole text of the token: a digest that two texts share, or a part
 * of it, would give one user another's claims (CVE-2026-35039). An entry ends when its token does (CVE-2026-107719).
 */
export class VerifiedTokens<Entry> {
  private readonly kept = new Map<string, Kept<Entry>>();

  /** What was kept for this token, if its time is not over. */
  find(token: string, nowSeconds: number): Entry | undefined {
    const known = this.kept.get(token);
    if (known === undefined) return undefined;
    if (nowSeconds < known.endsAtSeconds) return known.entry;
    this.kept.delete(token);
    return undefined;
  }

  /** Keeps it; the oldest gives way. Longer tokens than are usual are verified each time. */
  keep(token: string, entry: Entry, endsAtSeconds: number): void {
    if (token.length > defaults.verifiedTokenMaxLength) return;
    if (this.kept.size >= defaults.verifiedTokens) {
      const oldest = this.kept.keys().next();
      if (oldest.done !== true) this.kept.delete(oldest.value);
    }
    this.kept.set(token, { entry, endsAtSeconds });
  }
}

/** The value and all that is in it, unchangeable: many requests share it. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
