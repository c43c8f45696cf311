import { describe, expect, it } from 'vitest';
import { faultName, faultOf } from '../../src/core/fault.ts';

describe('faultOf', () => {
  it('hands an object on', () => {
    const error = new Error('as it is');
    expect(faultOf(error)).toBe(error);
  });

  it.each([undefined, null, 'route', 0, false])('puts an error in the place of %s', (value) => {
    expect(faultOf(value)).toMatchObject({ cause: value });
  });
});

describe('faultName', () => {
  it.each([
    [Object.assign(new Error('to ann@shop.example'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new RangeError('to ann@shop.example'), 'RangeError'],
    [Object.assign(new Error('odd'), { code: 7, name: {} }), 'object'],
    [{ statusCode: 500 }, 'object'],
    [undefined, 'undefined'],
    ['to ann@shop.example', 'string'],
  ])('calls %o %s', (error, name) => {
    expect(faultName(error)).toBe(name);
  });

  it('never throws, whatever it is that was thrown', () => {
    const odd = new Proxy(new Error('odd'), {
      get: () => {
        throw new Error('no property of it can be read');
      },
    });
    expect(faultName(odd)).toBe('unreadable');
  });
});
