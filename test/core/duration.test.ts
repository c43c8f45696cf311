import { describe, expect, it } from 'vitest';
import { durationSeconds } from '../../src/core/duration.ts';

describe('durationSeconds', () => {
  it.each([
    ['1s', 1],
    ['15m', 900],
    ['12h', 43_200],
    ['14d', 1_209_600],
    ['0s', 0],
    ['999999999d', 86_399_999_913_600],
  ])('reads %s as %i seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each([0, 900, Number.MAX_SAFE_INTEGER])('takes the number %d as seconds', (seconds) => {
    expect(durationSeconds(seconds)).toBe(seconds);
  });

  it.each(['900', ''])('refuses the text %j without a unit', (text) => {
    expect(durationSeconds(text)).toBeNull();
  });

  it.each([
    '-1s',
    '+1s',
    '1.5h',
    '1e3s',
    '0x10s',
    '1 s',
    ' 1s',
    '1s\n',
    '1S',
    '1ms',
    '1w',
    '1h30m',
    '١s',
    '1000000000s',
  ])('refuses the text %j', (text) => {
    expect(durationSeconds(text)).toBeNull();
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])(
    'refuses the number %d',
    (number) => {
      expect(durationSeconds(number)).toBeNull();
    },
  );

  it.each([[null], [undefined], [true], [900n], [['900']], [{ valueOf: () => 900 }]])(
    'refuses %o, which is neither number nor text',
    (value) => {
      expect(durationSeconds(value)).toBeNull();
    },
  );
});
