import { describe, expect, it } from 'vitest';
import { ends, readRecord } from '../../../src/core/tokens/revocation-record.ts';
import { revocationRecords } from '../../support/damaged-records.ts';

describe('readRecord', () => {
  it('reads what is stored, and nothing where nothing is', () => {
    expect(readRecord(null)).toEqual({ mark: null, denied: {} });
    expect(readRecord('{"mark":"m","denied":{"a":7}}')).toEqual({ mark: 'm', denied: { a: 7 } });
  });

  it.each(revocationRecords)('refuses %j, which may have been somebody’s revocation', (stored) => {
    expect(() => readRecord(stored)).toThrowError(
      expect.objectContaining({ code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 }),
    );
  });

  it('says nothing of what is stored', () => {
    expect(() => readRecord('{"mark":7,"denied":{"secret-id":1}}')).not.toThrowError(/secret-id/);
  });
});

describe('ends', () => {
  it.each<[string, string | null, string | null, boolean]>([
    ['no mark, and none carried', null, null, false],
    ['no mark, and one carried: the store has lost it', null, 'm', false],
    ['the mark that is carried', 'm', 'm', false],
    ['a mark, and none carried', 'm', null, true],
    ['another mark than the one carried', 'm', 'n', true],
    ['an empty mark', '', null, true],
  ])('judges %s', (_what, mark, gen, dead) => {
    expect(ends({ mark, denied: {} }, gen, 'id')).toBe(dead);
  });

  it('ends what was denied, also under the right mark and past its time', () => {
    expect(ends({ mark: 'm', denied: { id: 0 } }, 'm', 'id')).toBe(true);
    expect(ends({ mark: null, denied: { other: 9 } }, null, 'id')).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'toString'])('does not take %s for denied', (id) => {
    expect(ends(readRecord('{"mark":null,"denied":{}}'), null, id)).toBe(false);
  });
});
