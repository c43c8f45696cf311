import { describe, expect, it } from 'vitest';
import { RecentMap } from '../../src/core/recent-map.ts';

const entry = (n: number) => ({ n });

describe('RecentMap', () => {
  it('finds what was set, the newest of each key', () => {
    const map = new RecentMap<{ n: number }>(4);
    map.set('a', entry(1));
    map.set('a', entry(2));
    expect(map.get('a')).toEqual({ n: 2 });
    expect(map.get('b')).toBeUndefined();
  });

  it('holds at least half of its size and never more than all of it', () => {
    const map = new RecentMap<{ n: number }>(10);
    for (let n = 0; n < 1000; n += 1) {
      map.set(String(n), entry(n));
      for (let back = 0; back < Math.min(5, n + 1); back += 1) {
        // Looked at without being used: a look would keep it.
        expect(held(map)).toContain(String(n - back));
      }
      expect(held(map).length).toBeLessThanOrEqual(10);
    }
  });

  it('keeps what is used, however many others come', () => {
    const map = new RecentMap<{ n: number }>(10);
    map.set('used', entry(0));
    for (let n = 1; n < 1000; n += 1) {
      map.set(String(n), entry(n));
      expect(map.get('used')).toEqual({ n: 0 });
    }
  });

  it('forgets in both generations', () => {
    const map = new RecentMap<{ n: number }>(2);
    map.set('a', entry(1));
    map.set('b', entry(2));
    map.get('a');
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
    map.delete('b');
    expect(map.get('b')).toBeUndefined();
  });

  it('never answers an older value once there is a newer one', () => {
    const map = new RecentMap<{ n: number }>(4);
    for (let n = 0; n < 100; n += 1) {
      map.set('a', entry(n));
      map.set(`other ${n}`, entry(n));
      expect(map.get('a')).toEqual({ n });
    }
  });
});

function held(map: object): readonly string[] {
  const generations = ['young', 'old'].map((name) => Reflect.get(map, name) as Map<string, unknown>);
  return [...new Set(generations.flatMap((generation) => [...generation.keys()]))];
}
