import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessGrant,
  checkedExtraClaims,
  checkedScopes,
  grantedClaims,
  readAccessClaims,
  readScope,
  requiredAccessClaims,
  userIdOf,
} from '../../../src/core/tokens/claims.ts';
import type { AuthUser, UserId } from '../../../src/index.ts';

const plain: AccessGrant = {
  user: { id: 's1', passwordHash: null },
  realm: '',
  clientId: 'web',
  authentication: undefined,
  gen: null,
  scopes: [],
  extra: {},
  sessionId: undefined,
};
const own = { sub: 's1', client_id: 'web' };
/** Claims that are set here, those that a guard goes by, and two names that would change the others. */
const reserved = [
  ...requiredAccessClaims,
  ...['idt', 'nbf', 'auth_time', 'amr', 'scope', 'roles', 'gen', 'realm', 'sid', 'via'],
  ...['__proto__', 'toJSON'],
];

describe('grantedClaims', () => {
  it('says no more of a user than it must', () => {
    expect(grantedClaims(plain)).toEqual(own);
  });

  it('says all that it was told', () => {
    const user: AuthUser = { id: 7, passwordHash: 'x', email: 'a@shop.example', roles: ['admin'] };
    const authentication = { methods: ['pwd', 'otp'], at: 1_767_225_600, gen: 'another' };
    const grant = { ...plain, user, authentication, gen: 'mark', realm: 'staff', scopes: ['a', 'b'] };
    expect(grantedClaims({ ...grant, extra: { tenant: { id: 1 } } })).toEqual({
      sub: '7',
      idt: 'n',
      client_id: 'web',
      auth_time: 1_767_225_600,
      amr: ['pwd', 'otp'],
      roles: ['admin'],
      scope: 'a b',
      gen: 'mark',
      realm: 'staff',
      tenant: { id: 1 },
    });
  });

  it('takes roles that are no list for none, and leaves out what is no text', () => {
    const roles = (value: unknown) =>
      grantedClaims({ ...plain, user: { ...plain.user, roles: value as string[] } });
    expect(roles('administrator')).toEqual(own);
    expect(roles(['admin', 7, null])).toEqual({ ...own, roles: ['admin'] });
  });

  it('is not overruled by claims of the host', () => {
    const extra = { sub: 'forged', client_id: 'forged' };
    expect(grantedClaims({ ...plain, extra })).toEqual(own);
  });

  it.each<[UserId]>([[7], [-7], [0], [7n], [2n ** 80n], ['7'], ['n'], ['["n","7"]'], ['\u00fc']])(
    'says whose it is so that %s comes back in its own type',
    (id) => {
      const claims = grantedClaims({ ...plain, user: { id, passwordHash: null } });
      expect(userIdOf(claims)).toBe(id);
      expect(readAccessClaims(claims, '')?.userId).toBe(id);
    },
  );

  it('never makes two users one', () => {
    const id = fc.oneof(fc.string({ minLength: 1 }), fc.maxSafeInteger(), fc.bigInt());
    fc.assert(
      fc.property(id, id, (one, other) => {
        const [left, right] = [one, other].map((each) =>
          grantedClaims({ ...plain, user: { id: each, passwordHash: null } }),
        );
        expect(JSON.stringify(left) === JSON.stringify(right)).toBe(one === other);
      }),
    );
  });
});

describe('readAccessClaims', () => {
  const whole = {
    ...own,
    auth_time: 1_767_225_600,
    amr: ['pwd'],
    roles: ['admin'],
    scope: 'a b',
    gen: 'mark',
    realm: 'staff',
  };

  it('reads what was granted', () => {
    expect(readAccessClaims(whole, 'staff')).toEqual({ claims: whole, userId: 's1', gen: 'mark' });
    expect(readAccessClaims(own, '')).toEqual({ claims: own, userId: 's1', gen: null });
  });

  it.each([
    ['sub', [undefined, null, '', 7, ['s1'], {}, true]],
    ['idt', ['', 'x', 's1', 'constructor', 7, ['n'], {}, true]],
    ['client_id', [undefined, null, '', 7, ['web'], {}, true]],
    ['auth_time', [null, '1767225600', -1, 1.5, Number.NaN, [1], {}, true]],
    ['amr', [null, 'pwd', [7], { 0: 'pwd' }, true]],
    ['roles', [null, 'admin', [['admin']], { 0: 'admin', length: 1 }, true]],
    ['scope', [null, '', ['a'], 7, {}, true]],
    ['gen', ['', 7, ['mark'], {}, true]],
    ['realm', ['', 'Staff', 'staff ', 7, ['staff'], {}, true]],
  ])('refuses a wrong %s', (name, values) => {
    for (const value of values)
      expect(readAccessClaims({ ...whole, [name]: value }, 'staff'), String(value)).toBeNull();
  });

  it('refuses the realm of another, none where there is one, and one where there is none', () => {
    expect(readAccessClaims(whole, 'shop')).toBeNull();
    expect(readAccessClaims(whole, '')).toBeNull();
    expect(readAccessClaims(own, 'staff')).toBeNull();
  });

  it('reads nothing that the token does not say itself', () => {
    const inherited = Object.assign(Object.create({ ...whole, idt: 'n', sub: '7' }), own);
    expect(readAccessClaims(inherited, '')).toMatchObject({ userId: 's1', gen: null });
    expect(readAccessClaims(inherited, 'staff')).toBeNull();
    expect(readAccessClaims(Object.create(own), '')).toBeNull();
  });

  it.each([['7.5'], ['1e3'], ['0x7'], [' 7'], ['9007199254740993'], ['NaN'], ['']])(
    'knows no number %j',
    (sub) => {
      expect(userIdOf({ sub, idt: 'n' })).toBeNull();
    },
  );
});

describe('readScope', () => {
  it.each<[unknown, readonly string[]]>([
    [undefined, []],
    ['', []],
    ['a', ['a']],
    ['read:orders write:orders', ['read:orders', 'write:orders']],
    ['a b a', ['a', 'b']],
    ['https://api.shop.example/orders.read', ['https://api.shop.example/orders.read']],
    ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~", ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~"]],
    ['x'.repeat(1024), ['x'.repeat(1024)]],
  ])('reads %j', (scope, read) => {
    expect(readScope(scope)).toEqual(read);
  });

  it.each([
    ...[' ', 'a ', ' a', 'a  b', 'a\tb', 'a\nb', 'a\u00a0b', 'a,"b"', 'a\\b', 'a\u0000', '\u00e9', 'a\u007f'],
    ...[null, 7, true, ['a'], {}, { toString: () => 'a' }, 'x'.repeat(1025)],
  ])('refuses %j as input', (scope) => {
    expect(() => readScope(scope)).toThrowError(
      expect.objectContaining({ code: 'ERR_INPUT_INVALID', fields: { scope: expect.any(String) } }),
    );
  });
});

describe('checkedScopes', () => {
  it('takes a list, each once', () => {
    expect(checkedScopes([])).toEqual([]);
    expect(checkedScopes(['a', 'b', 'a'])).toEqual(['a', 'b']);
  });

  it.each([
    ...[undefined, null, '', 'a', 'a b', 7, true, {}, new Set(['a']), () => ['a']],
    ...[[''], ['a b'], ['a', ''], [7], [null], [['a']], ['a"b'], ['\u00e9'], ['a\n']],
  ])('refuses %j as a mistake of the host', (granted) => {
    expect(() => checkedScopes(granted)).toThrowError(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'tokens.scopes' }),
    );
  });
});

describe('checkedExtraClaims', () => {
  it('takes an object, or nothing', () => {
    expect(checkedExtraClaims(undefined)).toEqual({});
    expect(checkedExtraClaims({ tenant: 1 })).toEqual({ tenant: 1 });
  });

  it.each([null, 7, 'text', true, [], [['tenant', 1]], () => ({})])('refuses %j', (claims) => {
    expect(() => checkedExtraClaims(claims)).toThrowError(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'tokens.issue.claims' }),
    );
  });

  it.each(reserved)('refuses %s, whatever its value', (name) => {
    for (const value of ['forged', undefined, null]) {
      const claims = Object.defineProperty({}, name, { value, enumerable: true });
      expect(() => checkedExtraClaims(claims)).toThrowError(
        expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: `tokens.issue.claims.${name}` }),
      );
    }
  });
});
