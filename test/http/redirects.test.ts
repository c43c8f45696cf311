import { describe, expect, it } from 'vitest';
import { safeRedirect } from '../../src/http/redirects.ts';

describe('safeRedirect', () => {
  it.each([
    ['/', '/'],
    ['/orders', '/orders'],
    ['/orders?page=2&q=a%20b#last', '/orders?page=2&q=a%20b#last'],
    ['/a/../b', '/b'],
    ['/a b', '/a%20b'],
    ['/%2f%2fevil.example', '/%2f%2fevil.example'],
    ['/?next=//evil.example', '/?next=//evil.example'],
    ['/#//evil.example', '/#//evil.example'],
    ['/a//b', '/a//b'],
    ['/@evil.example', '/@evil.example'],
    ['/:80', '/:80'],
    ['/käse', '/k%C3%A4se'],
  ])('sends on to %j', (target, sentTo) => {
    expect(safeRedirect(target, '/home')).toBe(sentTo);
  });

  it.each([
    [undefined],
    [null],
    [7],
    [true],
    [{}],
    [{ toString: () => '/orders' }],
    [['/orders']],
    [['//evil.example', '/orders']],
    [new String('/orders')],
    [Symbol('/orders')],
  ])('sends to the fallback for %s, which is no text', (target) => {
    expect(safeRedirect(target, '/home')).toBe('/home');
  });
});
