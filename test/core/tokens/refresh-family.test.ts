import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/core/secrets.ts';
import { openFamily, type RefreshFamily, sealFamily } from '../../../src/core/tokens/refresh-family.ts';
import { secretA, secretB } from '../../support/fixed-secret.ts';

const secrets = new Secrets(secretA, '');
const id = 'A'.repeat(22);
const family: RefreshFamily = {
  user: ['n', '1'],
  scopes: ['read'],
  claims: { plan: 'paid' },
  authentication: { methods: ['pwd'], at: 1_767_225_600 },
  gen: null,
  start: 1_767_225_600,
  end: 1_775_001_600,
  seed: 'S'.repeat(22),
  epoch: 'E'.repeat(43),
  secretId: secrets.current('refresh-family').secretId,
  generation: 3,
  made: 1_767_225_700,
  accessEnd: 1_767_226_010,
  device: null,
};
const stored = sealFamily(secrets, id, family);

describe('a stored family', () => {
  it('is read as it was written, with its user in the type of the table', () => {
    expect(openFamily(secrets, id, stored)).toEqual({ family, userId: 1 });
    const others = { b: 1n, s: '1' } as const;
    for (const [type, userId] of Object.entries(others)) {
      const user = [type, '1'] as RefreshFamily['user'];
      expect(openFamily(secrets, id, sealFamily(secrets, id, { ...family, user }))?.userId).toBe(userId);
    }
  });

  it('is not there when nothing is stored, or what no family is', () => {
    const odd = [null, undefined, 7, '', ' ', '{}', ' {}', `${stored.slice(0, 43)}`, JSON.stringify(family)];
    for (const text of odd) expect(openFamily(secrets, id, text as string | null)).toBeNull();
  });

  it('is not there under the name of another', () => {
    expect(openFamily(secrets, `${'A'.repeat(21)}B`, stored)).toBeNull();
  });

  it('is not there when a single bit of it was changed', () => {
    const bytes = Buffer.from(stored);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openFamily(secrets, id, changed.toString('latin1'))).toBeNull();
    }
  });

  it('is not there for another secret, or for another realm of the same secret', () => {
    for (const other of [new Secrets(secretB, ''), new Secrets(secretA, 'staff')]) {
      expect(openFamily(other, id, stored)).toBeNull();
    }
  });

  it('is read with every secret that is listed, and sealed with the one that it names', () => {
    const both = new Secrets([secretB, secretA], '');
    expect(openFamily(both, id, stored)?.family).toEqual(family);
    expect(sealFamily(both, id, family)).toBe(stored);
    const moved = { ...family, secretId: both.current('refresh-family').secretId };
    expect(openFamily(secrets, id, sealFamily(both, id, moved))).toBeNull();
    expect(openFamily(new Secrets(secretB, ''), id, sealFamily(both, id, moved))?.family).toEqual(moved);
  });

  it('is not there when we have sealed one without a user', () => {
    for (const user of [undefined, null, 'n1', ['n'], ['n', '1.5'], ['x', '1']]) {
      const odd = { ...family, user } as unknown as RefreshFamily;
      expect(openFamily(secrets, id, sealFamily(secrets, id, odd))).toBeNull();
    }
  });
});
