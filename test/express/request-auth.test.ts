import { describe, expect, it } from 'vitest';
import { getAuth } from '../../src/express/index.ts';
import { bearerAuth } from '../../src/express/request-auth.ts';

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

describe('what is known by a token', () => {
  it('are its claims, in an object of their own', () => {
    const claims = Object.freeze({ sub: '1', scope: 'read', shop: 7 });
    const auth = bearerAuth(claims);
    expect(auth).toEqual({ sub: '1', scope: 'read', shop: 7, via: 'bearer' });
    expect(Object.isFrozen(auth)).toBe(false);
  });

  it('is known by a token, whatever a claim says', () => {
    expect(bearerAuth({ sub: '1', via: 'session' }).via).toBe('bearer');
  });

  it.each([
    ['roles', 'administrator'],
    ['roles', ['admin', 7]],
    ['roles', null],
    ['amr', 'pwd'],
    ['scope', ['read']],
    ['auth_time', '1'],
    ['auth_time', -1],
    ['sid', {}],
  ])('leaves out %s of another type, %j: handlers go by the type', (name, value) => {
    expect(bearerAuth({ sub: '1', [name]: value })).toEqual({ sub: '1', via: 'bearer' });
  });

  it('keeps claims of the host’s own as they are', () => {
    const claims = { sub: '1', role: 'admin', scopes: ['read'], nothing: null };
    expect(bearerAuth(claims)).toEqual({ ...claims, via: 'bearer' });
  });

  it('takes a claim called __proto__ for a claim', () => {
    const auth = bearerAuth(JSON.parse('{"sub":"1","__proto__":{"roles":["admin"]}}'));
    expect([auth.roles, Object.getPrototypeOf(auth)]).toEqual([undefined, Object.prototype]);
  });
});
