import { describe, expect, it } from 'vitest';
import { header, headerValues } from '../../src/http/request.ts';

describe('the values of a header', () => {
  it.each([
    ['none', { headers: {} }, []],
    ['one', { headers: { 'x-a': '1' } }, ['1']],
    ['one as it was sent', { headers: { 'x-a': '1' }, rawHeaders: ['X-A', '1'] }, ['1']],
    ['one that middleware wrote', { headers: { 'x-a': '2' }, rawHeaders: ['X-A', '1'] }, ['2']],
    ['one that middleware took away', { headers: {}, rawHeaders: ['X-A', '1'] }, []],
    ['one that only middleware has', { headers: { 'x-a': '2' }, rawHeaders: ['Host', 'x'] }, ['2']],
    [
      'two of which Node kept the first',
      { headers: { 'x-a': '1' }, rawHeaders: ['X-A', '1', 'x-a', '2'] },
      ['1', '2'],
    ],
    [
      'two that Node joined',
      { headers: { 'x-a': '1, 2' }, rawHeaders: ['X-A', '1', 'X-a', '2'] },
      ['1', '2'],
    ],
    [
      'two of three headers',
      { headers: { 'x-a': '1' }, rawHeaders: ['x-a', '1', 'x-b', 'x-a', 'x-a', '1'] },
      ['1', '1'],
    ],
    ['a list', { headers: { 'x-a': ['1', '2'] } }, ['1', '2']],
  ])('are right for %s', (_what, request, expected) => {
    expect(headerValues(request, 'x-a')).toEqual(expected);
  });

  it('are not mistaken for names', () => {
    const request = { headers: { 'x-a': '1' }, rawHeaders: ['x-b', 'x-a', 'x-c', 'x-a', 'x-a', '1'] };
    expect(headerValues(request, 'x-a')).toEqual(['1']);
  });

  it('are those that were sent, not those of a polluted prototype', () => {
    Object.defineProperty(Object.prototype, 'x-a', { value: 'planted', configurable: true });
    try {
      expect(headerValues({ headers: {} }, 'x-a')).toEqual([]);
      expect(header({ headers: {} }, 'x-a')).toBeUndefined();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'x-a');
    }
  });
});
