import { describe, expect, it } from 'vitest';
import { type AccessRules, accessChecks, refuseAccess } from '../../src/http/access-rules.ts';
import type { AuthError } from '../../src/index.ts';
import { movableClock } from '../support/movable-clock.ts';

const clock = movableClock();
const now = Number(clock.now()) / 1000;
const nothing: AccessRules = { scope: undefined, role: undefined, maxAge: undefined };

/** The code with which the caller is refused; `undefined` when nobody is. */
const refusal = (rules: Partial<AccessRules>, caller: object): string | undefined => {
  try {
    refuseAccess({ ...nothing, ...rules }, caller, clock);
    return undefined;
  } catch (error) {
    return (error as AuthError).code;
  }
};

it('asks for nothing unless it is told to', () => {
  expect(refusal({}, {})).toBeUndefined();
});

describe('a scope', () => {
  it.each([
    ['read', ['read']],
    ['read write', ['read']],
    ['write read', ['read', 'write']],
    ['read:orders', ['read:orders']],
  ])('in %j is found for %j', (scope, asked) => {
    expect(refusal({ scope: asked }, { scope })).toBeUndefined();
  });

  it.each([
    ['', ['read']],
    ['readers', ['read']],
    ['read', ['readers']],
    ['READ', ['read']],
    ['read', ['read', 'write']],
    ['read,write', ['read']],
    ['read\twrite', ['read']],
    ['admin:read', ['read']],
    ['read:*', ['read:orders']],
    [['read'], ['read']],
    [{ read: true }, ['read']],
    [undefined, ['read']],
    [null, ['read']],
    [true, ['read']],
  ])('in %j is not found for %j', (scope, asked) => {
    expect(refusal({ scope: asked }, { scope })).toBe('ERR_ACCESS_SCOPE');
  });

  it('counts only when the caller itself has it', () => {
    expect(refusal({ scope: ['read'] }, Object.create({ scope: 'read' }))).toBe('ERR_ACCESS_SCOPE');
  });
});

describe('a role', () => {
  it.each([
    [['admin'], ['admin']],
    [
      ['buyer', 'admin'],
      ['clerk', 'admin'],
    ],
  ])('in %j is found for %j', (roles, asked) => {
    expect(refusal({ role: asked }, { roles })).toBeUndefined();
  });

  it.each([
    [[], ['admin']],
    [['administrator'], ['admin']],
    [['Admin'], ['admin']],
    [['adm'], ['admin']],
    ['admin', ['admin']],
    ['administrator', ['admin']],
    [{ 0: 'admin', length: 1 }, ['admin']],
    [[['admin']], ['admin']],
    [undefined, ['admin']],
    [null, ['toString']],
  ])('in %j is not found for %j', (roles, asked) => {
    expect(refusal({ role: asked }, { roles })).toBe('ERR_ACCESS_ROLE');
  });

  it('counts only when the caller itself has it', () => {
    expect(refusal({ role: ['admin'] }, Object.create({ roles: ['admin'] }))).toBe('ERR_ACCESS_ROLE');
  });
});

describe('a login', () => {
  it.each([0, 1, 59, 60])('of %i seconds ago is recent for a minute', (age) => {
    expect(refusal({ maxAge: 60 }, { auth_time: now - age })).toBeUndefined();
  });

  it.each([
    [now - 61],
    [now + 1],
    [now + 4_000_000_000],
    [undefined],
    [null],
    [String(now)],
    [now - 0.5],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [2 ** 53],
    [new Date(now * 1000)],
    [[now]],
    [true],
  ])('at %j is stale', (auth_time) => {
    expect(refusal({ maxAge: 60 }, { auth_time })).toBe('ERR_ACCESS_STALE');
  });

  it('counts only when the caller itself has it', () => {
    expect(refusal({ maxAge: 60 }, Object.create({ auth_time: now }))).toBe('ERR_ACCESS_STALE');
  });
});

describe('the options', () => {
  const read = (key: keyof AccessRules, value: unknown) => accessChecks[key](value, `requireAuth.${key}`);

  it.each([
    ['read', ['read']],
    ['read write', ['read', 'write']],
    [
      ['read', 'write'],
      ['read', 'write'],
    ],
    ['read:orders https://shop.example/orders.read', ['read:orders', 'https://shop.example/orders.read']],
    [undefined, undefined],
  ])('take the scope %j', (value, expected) => {
    expect(read('scope', value)).toEqual(expected);
  });

  it.each([
    [''],
    [' '],
    ['read '],
    [' read'],
    ['read  write'],
    ['read\twrite'],
    ['re"ad'],
    ['re\\ad'],
    ['réad'],
    [[]],
    [['']],
    [['read write']],
    [['read', '']],
    [['read', null]],
    [[['read']]],
    [null],
    [7],
    [{}],
    [true],
  ])('refuse the scope %j', (value) => {
    expect(() => read('scope', value)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'requireAuth.scope' }),
    );
  });

  it('do not change with the list they were read from', () => {
    const [scope, role] = [['read'], ['admin']];
    const chosen = [read('scope', scope), read('role', role)];
    scope.length = 0;
    role.push('guest');
    expect(chosen).toEqual([['read'], ['admin']]);
  });
});

it.each([{ scope: ['read'] }, { role: ['admin'] }, { maxAge: 60 }])(
  'refuses by %j without a word of the caller',
  (rules) => {
    const caller = { scope: 'secret', roles: ['secret'], auth_time: 1 };
    expect(() => refuseAccess({ ...nothing, ...rules }, caller, clock)).toThrow(/^(?!.*secret)./);
  },
);
