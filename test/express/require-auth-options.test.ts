import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { fromCookie, type RequireAuthOptions, requireAuth } from '../../src/express/index.ts';
import { createAuth } from '../../src/index.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { userTable } from '../support/user-table.ts';

const auth = createAuth({ users: userTable(), secret: secretA, issuer });
const verify = async () => ({ sub: '1' });

describe('the options of requireAuth', () => {
  it.each([
    [{ scope: '' }, 'requireAuth.scope'],
    [{ scope: [] }, 'requireAuth.scope'],
    [{ scope: 're"ad' }, 'requireAuth.scope'],
    [{ scope: ['read write'] }, 'requireAuth.scope'],
    [{ scope: null }, 'requireAuth.scope'],
    [{ scope: undefined }, 'requireAuth.scope'],
    [{ role: [] }, 'requireAuth.role'],
    [{ role: '' }, 'requireAuth.role'],
    [{ role: ['admin', ''] }, 'requireAuth.role'],
    [{ role: ['admin', null] }, 'requireAuth.role'],
    [{ role: null }, 'requireAuth.role'],
    [{ role: 7 }, 'requireAuth.role'],
    [{ role: {} }, 'requireAuth.role'],
    [{ role: undefined }, 'requireAuth.role'],
    [{ maxAge: 0 }, 'requireAuth.maxAge'],
    [{ maxAge: -1 }, 'requireAuth.maxAge'],
    [{ maxAge: '600' }, 'requireAuth.maxAge'],
    [{ maxAge: null }, 'requireAuth.maxAge'],
    [{ maxAge: Number.NaN }, 'requireAuth.maxAge'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'requireAuth.maxAge'],
    [{ maxAge: undefined }, 'requireAuth.maxAge'],
    [{ maxStaleness: -1 }, 'requireAuth.maxStaleness'],
    [{ maxStaleness: '5' }, 'requireAuth.maxStaleness'],
    [{ maxStaleness: '2h' }, 'requireAuth.maxStaleness'],
    [{ maxStaleness: null }, 'requireAuth.maxStaleness'],
    [{ maxStaleness: undefined }, 'requireAuth.maxStaleness'],
    [{ ifStateUnavailable: 'Accept' }, 'requireAuth.ifStateUnavailable'],
    [{ ifStateUnavailable: true }, 'requireAuth.ifStateUnavailable'],
    [{ optional: 'true' }, 'requireAuth.optional'],
    [{ loadUser: 'true' }, 'requireAuth.loadUser'],
    [{ loadUser: null }, 'requireAuth.loadUser'],
    [{ from: [] }, 'requireAuth.from'],
    [{ from: 'authorization' }, 'requireAuth.from'],
    [{ from: [{}] }, 'requireAuth.from'],
    [{ redirectTo: '' }, 'requireAuth.redirectTo'],
    [{ redirectTo: 7 }, 'requireAuth.redirectTo'],
    [{ origins: 'https://shop.example' }, 'requireAuth.origins'],
    [{ roles: ['admin'] }, 'requireAuth.roles'],
    [{ scopes: ['read'] }, 'requireAuth.scopes'],
    [{ max_age: 600 }, 'requireAuth.max_age'],
    [{ credentialsRequired: false }, 'requireAuth.credentialsRequired'],
  ])('refuse %j', (options, option) => {
    expect(() => requireAuth(auth, options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option }),
    );
  });

  const taken: readonly RequireAuthOptions[] = [
    {},
    { scope: 'read:orders write:orders', role: ['admin', 'clerk'], maxAge: '10m', optional: true },
    { from: fromCookie('token'), loadUser: true, maxStaleness: 0, ifStateUnavailable: 'accept' },
    { from: (req: Request) => req.get('x-token') },
    { from: [(request) => String(request.headers['x-token'])], redirectTo: '/login', origins: [issuer] },
    { maxStaleness: '1h', ifStateUnavailable: 'refuse' },
  ];
  it.each(taken)('take %j', (options) => {
    expect(requireAuth(auth, options)).toHaveLength(3);
  });

  it('do not change with the object they were read from', () => {
    const options = Object.freeze({ scope: Object.freeze(['read']), from: Object.freeze([fromCookie('a')]) });
    expect(() => requireAuth(auth, options)).not.toThrow();
  });
});

describe('the first argument of requireAuth', () => {
  it.each([
    [undefined],
    [null],
    ['x'],
    [7],
    [[]],
    [{}],
    [{ sessions: null }],
    [{ sessions: {} }],
    [{ tokens: null }],
    [{ tokens: {} }],
    [{ tokens: { verify: true } }],
    [{ verify }],
  ])('cannot be %j', (given) => {
    expect(() => requireAuth(given as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'requireAuth' }),
    );
  });

  it('can be a verifier alone', () => {
    expect(() => requireAuth({ tokens: { verify } }, { scope: 'read', maxAge: '10m' })).not.toThrow();
  });

  it('must have users where they are to be loaded', () => {
    const refused = expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'requireAuth.loadUser' });
    expect(() => requireAuth({ tokens: { verify } }, { loadUser: true })).toThrow(refused);
    expect(() => requireAuth({ tokens: { verify }, users: userTable() }, { loadUser: true })).not.toThrow();
  });

  it('must have a whole user store', () => {
    expect(() => requireAuth({ tokens: { verify }, users: {} as never }, { loadUser: true })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'users.findById' }),
    );
  });
});
