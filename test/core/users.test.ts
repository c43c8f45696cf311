import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import {
  capability,
  checkedUsers,
  findExactly,
  isActive,
  isOpen,
  isUnverified,
  passwordHashOf,
} from '../../src/core/users.ts';
import type { AuthUser, Capability, UserStore } from '../../src/index.ts';
import { type Row, userTable } from '../support/user-table.ts';

const row: Row = { key: 7, login: 'alice', hash: 'h' };
/** Every optional method. A new one does not compile here until it has a row. */
const optional: Readonly<Record<Capability, true>> = {
  updatePasswordHash: true,
  create: true,
  markEmailVerified: true,
  replaceEmail: true,
  setStatus: true,
  delete: true,
  bumpEpoch: true,
};
const capabilities = Object.keys(optional) as Capability[];

describe('checkedUsers', () => {
  it.each(['findById', 'findByIdentifier', 'toAuthUser'] as const)('refuses a store without %s', (method) => {
    const { [method]: _missing, ...rest } = userTable(row);
    expect(() => checkedUsers(rest as unknown as UserStore<Row>)).toThrowError(
      expect.objectContaining({ option: `users.${method}` }),
    );
  });

  it.each(capabilities)('refuses a %s that is no function', (method) => {
    const store = { ...userTable(row), [method]: 'yes' } as unknown as UserStore<Row>;
    expect(() => checkedUsers(store)).toThrowError(expect.objectContaining({ option: `users.${method}` }));
  });

  it.each([[undefined], [null]])('takes an optional method that is %s as missing', (method) => {
    const store = { ...userTable(row), setStatus: method } as unknown as UserStore<Row>;
    const others = capabilities.filter((name) => name !== 'setStatus');
    expect(Object.keys(checkedUsers(store).can).sort()).toEqual(others.sort());
  });

  it('calls the methods of a class instance on the instance', async () => {
    class Table implements UserStore<Row> {
      private readonly rows = [row];
      findById(id: unknown) {
        return Promise.resolve(this.rows.find(({ key }) => key === id));
      }
      findByIdentifier(identifier: string) {
        return Promise.resolve(this.rows.find(({ login }) => login === identifier));
      }
      toAuthUser({ key, hash }: Row): AuthUser {
        return { id: key, passwordHash: this.rows.length === 1 ? hash : null };
      }
      bumpEpoch() {
        this.rows.length = 0;
        return Promise.resolve();
      }
    }
    const users = checkedUsers(new Table());
    expect(await users.findByIdentifier('alice', 'username')).toBe(row);
    expect(users.toAuthUser(row).passwordHash).toBe('h');
    await users.can.bumpEpoch?.(7);
    expect(await users.findById(7)).toBeNull();
  });

  it.each([
    [null],
    [undefined],
    ['7'],
    [Promise.resolve({ id: 7, passwordHash: 'h' })],
    [{ passwordHash: 'h' }],
    [{ id: null, passwordHash: 'h' }],
    [{ id: '', passwordHash: 'h' }],
    [{ id: Number.NaN, passwordHash: 'h' }],
    [{ id: { $oid: '7' }, passwordHash: 'h' }],
  ])('refuses %o as what toAuthUser answers', (answer) => {
    const users = checkedUsers({ ...userTable(row), toAuthUser: () => answer as unknown as AuthUser });
    expect(() => users.toAuthUser(row)).toThrowError(ConfigError);
    expect(() => users.toAuthUser(row)).toThrowError(expect.objectContaining({ option: 'users.toAuthUser' }));
  });
});

describe('whether an address is proven', () => {
  const said = (emailVerified: unknown) => () =>
    checkedUsers({
      ...userTable(row),
      toAuthUser: () => ({ id: 7, passwordHash: 'h', emailVerified }) as AuthUser,
    }).toAuthUser(row);

  it.each([[true], [false], [undefined]])('is said by %s', (answer) => {
    expect(said(answer)().emailVerified).toBe(answer);
  });

  // Each of them is no `false`, and who has proven nothing would be let in.
  it.each([[0], [1], [null], ['f'], ['false'], [Buffer.from([0])], [0n]])('is not said by %o', (answer) => {
    expect(said(answer)).toThrowError(expect.objectContaining({ option: 'users.toAuthUser.emailVerified' }));
  });
});

describe('findExactly', () => {
  it('finds the user of the id', async () => {
    expect(await findExactly(checkedUsers(userTable(row)), 7)).toMatchObject({ row, user: { id: 7 } });
  });

  it.each([['7'], [7n], ['7abc'], [8]])('does not take the row of 7 for %o', async (id) => {
    const loose = { ...userTable(row), findById: async () => row };
    expect(await findExactly(checkedUsers(loose), id)).toBeNull();
  });

  it.each([[null], [undefined]])('takes %s as nobody', async (answer) => {
    const empty = { ...userTable(row), findById: async () => answer };
    expect(await findExactly(checkedUsers(empty), 7)).toBeNull();
  });

  it('lets a fault of the store through', async () => {
    const fault = new Error('connection lost');
    const down = { ...userTable(row), findById: () => Promise.reject(fault) };
    await expect(findExactly(checkedUsers(down), 7)).rejects.toBe(fault);
  });
});

describe('isActive', () => {
  it.each([[undefined], [null], ['active']])('says yes for the status %j', (status) => {
    expect(isActive({ id: 7, passwordHash: null, status } as AuthUser)).toBe(true);
  });

  it.each([['pending'], ['disabled'], ['locked'], ['Active'], [''], [0], [1], [true], [false]])(
    'says no for the status %j',
    (status) => {
      expect(isActive({ id: 7, passwordHash: null, status } as unknown as AuthUser)).toBe(false);
    },
  );
});

describe('isOpen', () => {
  it.each([[undefined], [null], ['active'], ['pending']])('says yes for the status %j', (status) => {
    expect(isOpen({ id: 7, passwordHash: null, status } as AuthUser)).toBe(true);
  });

  it.each([['disabled'], ['locked'], ['Pending'], [''], [0], [true]])(
    'says no for the status %j',
    (status) => {
      expect(isOpen({ id: 7, passwordHash: null, status } as unknown as AuthUser)).toBe(false);
    },
  );
});

describe('isUnverified', () => {
  it.each<[Partial<AuthUser>, boolean]>([
    [{}, false],
    [{ emailVerified: true }, false],
    [{ emailVerified: false }, true],
    [{ status: 'pending' }, true],
    [{ status: 'active' }, false],
    [{ status: 'disabled' }, false],
    [{ status: 'pending', emailVerified: true }, false],
    [{ status: 'pending', emailVerified: false }, true],
    [{ status: 'active', emailVerified: false }, true],
    [{ status: 'active', emailVerified: true }, false],
  ])('of %j says %j', (known, answer) => {
    expect(isUnverified({ id: 7, passwordHash: null, ...known })).toBe(answer);
  });
});

describe('capability', () => {
  const call = (method: unknown, ...given: readonly unknown[]) =>
    (method as (...given: readonly unknown[]) => Promise<unknown>)(...given);

  it.each(capabilities)('is the %s of the store', async (name) => {
    const table = userTable({ ...row });
    await call(capability(checkedUsers(table), name, 'test'), 7, {});
    expect(table.calls).toEqual([name]);
  });

  it.each(['updatePasswordHash', 'markEmailVerified', 'setStatus', 'delete'] as const)(
    'of a %s that answers what a driver does is refused',
    async (name) => {
      for (const answer of [{ rowCount: 0 }, [], 1, 0, 'true', null, undefined]) {
        const store = { ...userTable({ ...row }), [name]: async () => answer } as unknown as UserStore<Row>;
        await expect(call(capability(checkedUsers(store), name, 'test'), 7, {})).rejects.toMatchObject({
          option: `users.${name}`,
        });
      }
    },
  );

  it.each(capabilities)('names %s to whoever calls its flow without a compiler', (name) => {
    const users = checkedUsers({ ...userTable(row), [name]: undefined } as unknown as UserStore<Row>);
    expect(() => capability(users, name, 'go on')).toThrowError(
      expect.objectContaining({
        option: `users.${name}`,
        message: `users.${name}: is missing: add this method to your user store to go on`,
      }),
    );
  });
});

describe('passwordHashOf', () => {
  it('is the stored text', () => {
    expect(passwordHashOf({ id: 7, passwordHash: 'h' })).toBe('h');
  });

  it.each([[null], [undefined], [0], [Buffer.from('h')], [['h']], [Object('h')]])(
    'is null for %o',
    (hash) => {
      expect(passwordHashOf({ id: 7, passwordHash: hash } as unknown as AuthUser)).toBeNull();
      expect(passwordHashOf(null)).toBeNull();
    },
  );
});

describe('what a finder answers', () => {
  it.each([[[]], [[row]], [false], [''], [7]])('is refused when it is no row: %j', async (answer) => {
    const finder = (async () => answer) as unknown as () => Promise<Row>;
    const users = checkedUsers({ ...userTable(row), findById: finder, findByIdentifier: finder });
    await expect(users.findById(7)).rejects.toMatchObject({ option: 'users.findById' });
    await expect(users.findByIdentifier('a', 'username')).rejects.toMatchObject({
      option: 'users.findByIdentifier',
    });
  });
});

it('says what is wrong with toAuthUser', () => {
  const messageOf = (answer: unknown): string => {
    const users = checkedUsers({ ...userTable(row), toAuthUser: () => answer as AuthUser });
    try {
      users.toAuthUser(row);
      return 'nothing';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(messageOf(Promise.reject(new Error('late')))).toMatch(/synchronous/);
  expect(messageOf({ id: {}, passwordHash: null })).toMatch(/String\(row\._id\)/);
  expect(messageOf({ passwordHash: null })).toMatch(/name of the column/);
  expect(messageOf({ id: 7, passwordHash: null })).toBe('nothing');
});
