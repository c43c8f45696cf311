import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStamp } from '../../../src/core/sessions/session-stamp.ts';

const stamp = {
  id: 'session-1',
  realm: '',
  user: ['n', '1'],
  epoch: 'epoch',
  secretId: 'secretId',
  gen: null,
  methods: ['pwd'],
  at: 1,
  start: 1,
  end: 2,
  seen: 1,
};

/** A value of every kind that a session store may hand back in place of a field. */
const strangers = [
  undefined,
  null,
  true,
  -1,
  1.5,
  Number.NaN,
  '',
  {},
  [],
  [['pwd']],
  { $ne: null },
  () => 'x',
];

describe('readStamp', () => {
  it('reads a stamp and the id of its user', () => {
    expect(readStamp(stamp)).toEqual({ stamp, userId: 1 });
    expect(readStamp({ ...stamp, gen: 'mark', user: ['b', '1'] })?.userId).toBe(1n);
    expect(readStamp({ ...stamp, methods: [] })?.userId).toBe(1);
  });

  it('refuses whatever is no object', () => {
    for (const value of [undefined, null, 7, 7n, 'text', true, Symbol('x'), () => stamp, [], [stamp]]) {
      expect(readStamp(value)).toBeNull();
    }
  });

  it.each(Object.keys(stamp))('refuses a stamp without %s', (field) => {
    expect(
      readStamp(Object.fromEntries(Object.entries(stamp).filter(([name]) => name !== field))),
    ).toBeNull();
  });

  it.each(['id', 'user', 'epoch', 'secretId', 'at', 'start', 'end', 'seen'])(
    'refuses a strange value as %s',
    (field) => {
      for (const value of strangers) expect(readStamp({ ...stamp, [field]: value })).toBeNull();
    },
  );

  it('refuses a strange mark', () => {
    for (const gen of strangers.filter((value) => value !== null && value !== '')) {
      expect(readStamp({ ...stamp, gen })).toBeNull();
    }
  });

  it('refuses strange methods', () => {
    for (const methods of ['pwd', [7], [null], [['pwd']], { 0: 'pwd', length: 1 }, null]) {
      expect(readStamp({ ...stamp, methods })).toBeNull();
    }
  });

  it('does not throw for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readStamp(value)).toBeNull();
      }),
    );
  });
});
