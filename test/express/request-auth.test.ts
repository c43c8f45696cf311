import { describe, expect, it } from 'vitest';
import { getAuth } from '../../src/express/index.ts';

describe('getAuth', () => {
  it.each([
    ['a bare request', {}],
    ['a request with an auth of other middleware', { auth: { sub: '1' }, user: { id: 1 } }],
  ])('refuses to answer for %s: no guard ran', (_what, request) => {
    expect(() => getAuth(request)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'getAuth' }),
    );
  });
});
