import { expect, inject, it } from 'vitest';
import { exchangeOf, fullExchange } from './exchanged-parts.ts';

it('takes rings, hashers, state stores, links and strategies that the other format has made', () => {
  expect(exchangeOf(inject('workspace').folder)).toEqual(fullExchange);
});
