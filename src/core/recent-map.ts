/** A bounded memory of what was used lately. */

/**
 * A map that forgets: full, it holds the entries used last, between half of its size and all of it. In two generations,
 * because a `Map` from which the oldest entry is taken again and again walks past all that were taken before.
 */
export class RecentMap<Value extends object> {
  private readonly half: number;
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  constructor(size: number) {
    this.half = size / 2;
  }

  get(key: string): Value | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: Value): void {
    if (this.young.size >= this.half) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }
}
