import { describe, expect, it } from 'vitest';
import { isSecond, isTextList, readAuthentication } from '../../../src/core/sessions/authentication.ts';

const good = { methods: ['pwd'], at: 1_767_225_600 };

describe('readAuthentication', () => {
  it.each([
    [good],
    [{ ...good, gen: null }],
    [{ ...good, gen: 'mark' }],
    [{ ...good, gen: undefined }],
    [{ methods: [], at: 0 }],
  ])('takes %j', (authentication) => {
    expect(readAuthentication(authentication)).toEqual(authentication);
  });

  it.each([
    [undefined],
    [null],
    ['pwd'],
    [{}],
    [{ at: 1 }],
    [{ methods: 'pwd', at: 1 }],
    [{ methods: { 0: 'pwd', length: 1 }, at: 1 }],
    [{ methods: ['pwd', 7], at: 1 }],
    [{ methods: [['pwd']], at: 1 }],
    [{ methods: ['pwd'] }],
    [{ methods: ['pwd'], at: '1' }],
    [{ methods: ['pwd'], at: -1 }],
    [{ methods: ['pwd'], at: 1.5 }],
    [{ methods: ['pwd'], at: Number.NaN }],
    [{ methods: ['pwd'], at: new Date() }],
    [{ ...good, gen: 7 }],
    [{ ...good, gen: {} }],
    [{ ...good, gen: false }],
  ])('refuses %j', (value) => {
    expect(() => readAuthentication(value)).toThrowError(
      expect.objectContaining({
        code: 'ERR_INPUT_INVALID',
        fields: { authentication: expect.any(String) },
      }),
    );
  });
});

it.each([[0], [1], [Number.MAX_SAFE_INTEGER]])('isSecond takes %d', (value) => {
  expect(isSecond(value)).toBe(true);
});

it.each([[-1], [0.5], [Number.MAX_SAFE_INTEGER + 1], ['1'], [1n], [null]])('isSecond refuses %o', (value) => {
  expect(isSecond(value)).toBe(false);
});

it('isTextList takes a list of texts and nothing else', () => {
  expect([[], ['a'], ['a', '']].map(isTextList)).toEqual([true, true, true]);
  expect(['a', null, [null], new Set(['a']), { length: 0 }].some(isTextList)).toBe(false);
});
