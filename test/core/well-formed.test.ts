import { expect, it } from 'vitest';
import { isWellFormed } from '../../src/core/well-formed.ts';

it.each([[''], ['a'], ['\u0000'], ['\u{1f600}'], ['\ud83d\ude00'], ['\uffff\ue000']])('takes %j', (text) => {
  expect(isWellFormed(text)).toBe(true);
});

it.each([['\ud800'], ['\udfff'], ['a\ud83d'], ['\ude00\ud83d'], ['\u{1f600}\ud83d']])(
  'refuses %j',
  (text) => {
    expect(isWellFormed(text)).toBe(false);
  },
);
