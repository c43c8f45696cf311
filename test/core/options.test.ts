import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import {
  flag,
  kindOf,
  type OptionCheck,
  optional,
  readOptions,
  seconds,
  wholeNumber,
  withMethods,
} from '../../src/core/options.ts';

interface Door {
  readonly width: number;
  readonly locked: boolean;
}

const door = {
  width: wholeNumber({ min: 1, max: 9, fallback: 3 }),
  locked: flag(true),
};

const readDoor = (given: unknown) => readOptions<Door>('house.door', given, door);

describe('readOptions', () => {
  it('fills what is not given', () => {
    expect(readDoor({ width: 5 })).toEqual({ width: 5, locked: true });
  });

  it.each([[undefined], [null], [{}], [{ width: undefined }]])('takes %o as nothing given', (given) => {
    expect(readDoor(given)).toEqual({ width: 3, locked: true });
  });

  it('refuses a key it does not know and names those it knows', () => {
    const error = refusal(() => readDoor({ width: 5, lokced: false }));
    expect(error.option).toBe('house.door.lokced');
    expect(error.message).toContain('width, locked');
  });

  it('names a key at the top without a dot', () => {
    expect(refusal(() => readOptions<Door>('', { lokced: false }, door)).option).toBe('lokced');
  });

  it.each([['open'], [7], [true], [['width']]])('refuses %o, which is no group', (given) => {
    expect(refusal(() => readDoor(given)).option).toBe('house.door');
  });

  it('names the option that its check refuses', () => {
    expect(refusal(() => readDoor({ locked: 'no' })).option).toBe('house.door.locked');
  });

  it('answers a group that nobody can change afterwards', () => {
    expect(Object.isFrozen(readDoor({}))).toBe(true);
  });

  it.each<[string, object]>([
    ['inherits them', Object.create({ locked: false })],
    [
      'is of a class',
      new (class {
        get locked() {
          return false;
        }
      })(),
    ],
    ['is a map', new Map([['locked', false]])],
    ['is a promise', Promise.resolve({ locked: false })],
  ])('refuses a group that %s: none of its options would count', (_what, group) => {
    expect(refusal(() => readDoor(group)).message).toContain('plain object');
  });

  it('takes a group without a prototype', () => {
    expect(readDoor(Object.assign(Object.create(null), { locked: false }))).toMatchObject({ locked: false });
  });
});

describe('wholeNumber', () => {
  const check = wholeNumber({ min: 4, max: 15, fallback: 12 });

  it.each([4, 15])('accepts %d, an end of its range', (value) => {
    expect(check(value, 'cost')).toBe(value);
  });

  it.each([[3], [16], [4.5], [Number.NaN], ['12'], [12n], [null]])('refuses %o', (value) => {
    expect(refusal(() => check(value, 'cost')).option).toBe('cost');
  });

  it('says the range', () => {
    expect(refusal(() => check(16, 'cost')).message).toContain('from 4 to 15, got the number 16');
  });
});

describe('seconds', () => {
  const check = seconds({ min: 60, max: 3600, fallback: '30m' });

  it('reads its fallback like any other duration', () => {
    expect(check(undefined, 'idle')).toBe(1800);
  });

  it.each([
    [60, 60],
    ['1h', 3600],
  ])('accepts %o, an end of its range', (value, expected) => {
    expect(check(value, 'idle')).toBe(expected);
  });

  it.each([[59], ['61m'], ['900'], [null], [new Date(0)]])('refuses %o', (value) => {
    expect(refusal(() => check(value, 'idle')).option).toBe('idle');
  });
});

describe('flag', () => {
  it.each([true, false])('accepts %o', (value) => {
    expect(flag(!value)(value, 'registry')).toBe(value);
  });

  it.each([['true'], [1], [0], [null], ['']])('refuses %o, which only looks true or false', (value) => {
    expect(refusal(() => flag(true)(value, 'registry')).option).toBe('registry');
  });
});

describe('withMethods', () => {
  const check: OptionCheck<{ now(): number }> = withMethods('a clock', ['now']);

  it('answers the very object, so that its methods keep their receiver', () => {
    const clock = { now: () => 0 };
    expect(check(clock, 'clock')).toBe(clock);
  });

  it('accepts methods that are inherited', () => {
    class Clock {
      now(): number {
        return 0;
      }
    }
    expect(check(new Clock(), 'clock')).toBeInstanceOf(Clock);
  });

  it('accepts a function that has the methods', () => {
    expect(check(Date, 'clock')).toBe(Date);
  });

  it('names the method that is missing', () => {
    expect(refusal(() => check({ now: 12 }, 'clock')).option).toBe('clock.now');
  });

  it.each([[null], [undefined], ['clock'], [12]])('refuses %o', (value) => {
    expect(refusal(() => check(value, 'clock')).code).toBe('ERR_CONFIG_INVALID');
  });
});

describe('optional', () => {
  it('leaves what is not given', () => {
    expect(optional(flag(true))(undefined, 'registry')).toBeUndefined();
  });

  it('checks what is given', () => {
    expect(refusal(() => optional(flag(true))('no', 'registry')).option).toBe('registry');
  });
});

describe('kindOf', () => {
  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [[], 'an array'],
    [{}, 'an object'],
    [12, 'the number 12'],
    [() => 0, 'a function'],
    [true, 'a boolean'],
  ])('calls %o %s', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });

  it('never repeats a text, which may be a secret', () => {
    expect(kindOf('correct horse battery staple')).toBe('a string');
  });
});

function refusal(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.fail('it refused nothing');
}
