/** The records of one purpose against a plain model that looks at every record each time. */

import { array, assert, constant, integer, oneof, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { AuthError } from '../../../src/core/errors.ts';
import { BoundedRecords } from '../../../src/stores/memory/bounded-records.ts';
import { ExpiringRecord } from '../../../src/stores/memory/expiry-buckets.ts';

const bound = 8;

/** The obvious way: everything that has expired is removed before every step. */
class PlainModel {
  private readonly records = new Map<string, { readonly value: string; readonly expiresAt: number }>();

  sweep(now: number): void {
    for (const [key, { expiresAt }] of this.records) if (expiresAt <= now) this.records.delete(key);
  }

  find(key: string): string | undefined {
    return this.records.get(key)?.value;
  }

  write(key: string, value: string, expiresAt: number): boolean {
    if (!this.records.has(key) && this.records.size >= bound) return false;
    this.records.set(key, { value, expiresAt });
    return true;
  }

  delete(key: string): void {
    this.records.delete(key);
  }
}

const step = record({
  verb: oneof(constant('write'), constant('write'), constant('write'), constant('find'), constant('delete')),
  key: integer({ min: 0, max: 11 }).map((number) => `purpose:${number}`),
  ttlSeconds: integer({ min: 1, max: 5 }),
  pause: oneof(integer({ min: 0, max: 40 }), integer({ min: 0, max: 2500 })),
});

it('answers and refuses as a store that sweeps before every step', () => {
  const sequences = array(step, { minLength: 50, maxLength: 200 });
  assert(
    property(sequences, integer({ min: 0, max: 5000 }), (steps, start) => {
      const [records, model] = [new BoundedRecords('purpose', bound, start), new PlainModel()];
      let now = start;
      steps.forEach(({ verb, key, ttlSeconds, pause }, index) => {
        now += pause;
        model.sweep(now);
        if (verb === 'find') expect(records.find(key, now)?.value).toBe(model.find(key));
        if (verb === 'delete') records.delete(key);
        if (verb === 'delete') model.delete(key);
        if (verb !== 'write') return;
        const expiresAt = now + ttlSeconds * 1000;
        const written = writes(records, new ExpiringRecord(key, `value ${index}`, expiresAt), now);
        expect(written).toBe(model.write(key, `value ${index}`, expiresAt));
      });
    }),
    { numRuns: 300 },
  );
});

function writes(records: BoundedRecords, next: ExpiringRecord, now: number): boolean {
  try {
    records.write(next, now);
    return true;
  } catch (error) {
    if (AuthError.is(error, 'ERR_STATE_UNAVAILABLE')) return false;
    throw error;
  }
}
