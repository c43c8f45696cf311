/** What is no password never reaches a store or a hasher, and no byte of a real one is ignored. */

import { hashSync } from 'bcryptjs';
import { afterAll, describe, expect, it } from 'vitest';
import { bcrypt } from '../../src/hashers/index.ts';
import type { LoginInput, PasswordHasher } from '../../src/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, door } from '../support/door.ts';
import { userTable } from '../support/user-table.ts';
import { watchedHasher } from '../support/watched-hasher.ts';

const identifier = 'alice@shop.example';

describe('input that is no text', () => {
  const strange: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['zero', 0],
    ['a number', 123],
    ['a bigint', 7n],
    ['an empty text', ''],
    ['an empty array', []],
    ['an array of texts', [identifier, 'bob@shop.example']],
    ['an empty object', {}],
    ['an operator', { $ne: null }],
    ['another operator', { not: '' }],
    ['a polluting object', JSON.parse('{"__proto__":{"isAdmin":true}}')],
    ['a boxed string', Object(identifier)],
    ['a buffer', Buffer.from(identifier)],
    ['a lone surrogate', 'a\ud800'],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['10,000 nested arrays', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)],
    ['an object with a toString', { toString: () => identifier, length: 18 }],
    ['a function', () => identifier],
    ['a symbol', Symbol('alice')],
    ['a date', new Date(0)],
  ];
  const cases = (['identifier', 'password'] as const).flatMap((field) =>
    strange.map(([what, value]) => [what, field, value] as const),
  );

  it.each(cases)(
    '%s as the %s is refused before any work, with the field named',
    async (_what, field, value) => {
      const { auth, table, state, hasher, events } = door();
      const good = { identifier, password: 'x' };
      await expect(auth.login({ ...good, [field]: value } as unknown as LoginInput)).rejects.toMatchObject({
        name: 'InputError',
        code: 'ERR_INPUT_INVALID',
        fields: { [field]: expect.any(String) },
      });
      expect([...table.calls, ...state.calls, ...hasher.verified, ...hasher.hashed, ...events]).toEqual([]);
    },
  );

  it.each([[undefined], [null], ['x'], [[]], [{}], [7]])(
    'a body that is %j names both fields',
    async (body) => {
      const { auth, table } = door();
      const refused = await auth.login(body as unknown as LoginInput).catch((error) => error);
      expect(Object.keys(refused.fields)).toEqual(['identifier', 'password']);
      expect(table.calls).toEqual([]);
    },
  );

  it('leaves the prototype of everything as it was', async () => {
    const { auth } = door();
    const body = JSON.parse('{"__proto__":{"isAdmin":true},"identifier":{"__proto__":{"isAdmin":true}}}');
    await auth.login(body).catch(() => undefined);
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });
});

const hashers: readonly (readonly [string, PasswordHasher])[] = [
  ['the counting hasher', countingHasher()],
  ['bcrypt', bcrypt({ cost: 4, workers: 1 })],
];

describe.each(hashers)('a password over %s', (_kind, hasher) => {
  afterAll(async () => hasher.close?.());

  const twins: readonly (readonly [string, string, string])[] = [
    ['the 73rd byte', `${'x'.repeat(72)}a`, `${'x'.repeat(72)}b`],
    ['being longer than 72 bytes', 'x'.repeat(72), 'x'.repeat(73)],
    ['the byte after a NUL', 'abc\u0000x', 'abc\u0000y'],
    ['a NUL at the end', 'abc', 'abc\u0000'],
    ['the last of 64 emoji', '\u{1f600}'.repeat(64), `${'\u{1f600}'.repeat(63)}\u{1f601}`],
    ['the 255th byte', `${'x'.repeat(254)}a`, `${'x'.repeat(254)}b`],
    ['the 256th byte', `${'x'.repeat(255)}a`, `${'x'.repeat(255)}b`],
    ['the 1,024th character', `${'x'.repeat(1023)}a`, `${'x'.repeat(1023)}b`],
    ['a leading space', 'abc', ' abc'],
    ['a trailing space', 'abc', 'abc '],
    ['a trailing line break', 'abc', 'abc\n'],
    ['case', 'abc', 'Abc'],
    ['the Unicode form', '\u00e9', 'e\u0301'],
    ['a ligature', '\ufb01', 'fi'],
    ['a full-width letter', '\uff41', 'a'],
    ['an invisible character', 'abc', 'a\u200bbc'],
  ];

  it.each(twins)('differs by %s', async (_by, one, other) => {
    const { auth } = door({ table: userTable(aliceRow({ hash: await hasher.hash(one) })), hasher });
    expect(await auth.login({ identifier, password: one })).toMatchObject({ status: 'signed-in' });
    await expect(auth.login({ identifier, password: other })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
  });
});

describe('a stored hash of bcrypt', () => {
  const hasher = watchedHasher(bcrypt({ cost: 4, workers: 1 }));
  afterAll(() => hasher.close?.());
  const good = hashSync('p', 4);

  it.each([['2a'], ['2b'], ['2y']])('with the prefix $%s$ signs in', async (minor) => {
    const { auth } = door({ table: userTable(aliceRow({ hash: `$${minor}${good.slice(3)}` })), hasher });
    expect(await auth.login({ identifier, password: 'p' })).toMatchObject({ status: 'signed-in' });
  });

  it.each([
    ['of the broken $2x$', `$2x${good.slice(3)}`],
    ['of cost 3', good.replace('$04$', '$03$')],
    ['of cost 31', good.replace('$04$', '$31$')],
    ['of cost 32', good.replace('$04$', '$32$')],
    ['cut by one character', good.slice(0, -1)],
    ['with one character too many', `${good}.`],
    ['with a line break', `${good}\n`],
  ])('%s is refused after one comparison and called unusable', async (_what, hash) => {
    hasher.verified.length = 0;
    const { auth, events } = door({ table: userTable(aliceRow({ hash })), hasher });
    await expect(auth.login({ identifier, password: 'p' })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
    expect(hasher.verified).toEqual([hash]);
    expect(events).toMatchObject([{ name: 'login.failed', reason: 'hash-unusable' }]);
  });
});
