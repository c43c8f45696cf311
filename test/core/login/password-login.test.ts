import { describe, expect, it } from 'vitest';
import { aliceRow, door, rightPassword, wrongPassword } from '../../support/door.ts';
import { secretB } from '../../support/fixed-secret.ts';
import { type Row, userTable } from '../../support/user-table.ts';

const right = { identifier: 'alice@shop.example', password: rightPassword };
const wrong = { ...right, password: wrongPassword };

describe('the right password', () => {
  it('signs in, with the row of the user and how and when it was proved', async () => {
    const { auth, table, clock } = door();
    clock.advance(0.9);
    expect(await auth.login(right)).toEqual({
      status: 'signed-in',
      user: table.rows[0],
      authentication: { methods: ['pwd'], at: Date.UTC(2026, 0, 1) / 1000, gen: null },
    });
  });

  it('carries the mark of the last sign-out everywhere', async () => {
    const { auth } = door();
    await auth.sessions.endAll(1);
    const result = await auth.login(right);
    expect(result).toMatchObject({ authentication: { gen: expect.stringMatching(/^[\w-]{22}$/) } });
  });

  it('looks the user up once, by the normalised identifier and its kind', async () => {
    const asked: unknown[] = [];
    const table = userTable(aliceRow());
    const { auth } = door({
      table: {
        ...table,
        findByIdentifier: async (...call) => {
          asked.push(call);
          return table.findByIdentifier(...call);
        },
      },
    });
    await auth.login({ ...right, identifier: '  ALICE\uff20shop.example. ' });
    expect(asked).toEqual([['alice@shop.example', 'email']]);
  });

  it('asks with the kind that the host says', async () => {
    const table = userTable(aliceRow({ login: 'C-12' }));
    const kinds: string[] = [];
    const { auth } = door({
      table: {
        ...table,
        findByIdentifier: async (identifier, kind) => {
          kinds.push(kind);
          return table.findByIdentifier(identifier, kind);
        },
      },
      identifierKind: () => 'customer',
    });
    await auth.login({ ...right, identifier: 'C-12' });
    expect(kinds).toEqual(['customer']);
  });

  it('is compared exactly as it was typed', async () => {
    const { auth } = door({ table: userTable(aliceRow({ hash: 'plain:1: p\u00e9 ' })) });
    await expect(auth.login({ ...right, password: ' p\u00e9 ' })).resolves.toMatchObject({
      status: 'signed-in',
    });
    for (const password of ['p\u00e9', ' pe\u0301 ', ' P\u00c9 ', ' p\u00e9', ' p\u00e9  ']) {
      await expect(auth.login({ ...right, password })).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    }
  });

  it.each(['active', undefined] as const)('signs in with the status %s', async (state) => {
    const { auth } = door({ table: userTable(aliceRow(state === undefined ? {} : { state })) });
    expect(await auth.login(right)).toMatchObject({ status: 'signed-in' });
  });

  it('asks for a verification when the account is pending, and says nothing else', async () => {
    const { auth, hasher } = door({ table: userTable(aliceRow({ state: 'pending' })) });
    expect(await auth.login(right)).toEqual({ status: 'verification-required' });
    expect(hasher.verified).toHaveLength(1);
  });

  it.each(['disabled', 'locked', 'Active', 'toString', '', 0, false])(
    'never signs in with the status %j',
    async (state) => {
      const { auth } = door({ table: userTable(aliceRow({ state: state as 'disabled' })) });
      await expect(auth.login(right)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    },
  );

  it('is refused when the hasher says anything but true', async () => {
    for (const answer of ['true', 1, {}, undefined, null]) {
      const { auth, hasher } = door();
      Object.assign(hasher, { verify: async () => answer });
      await expect(auth.login(right)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    }
  });

  it('is refused where there is no hash, even by a hasher that says true', async () => {
    for (const hash of [null, undefined, Buffer.from('x')]) {
      const { auth, hasher } = door({ table: userTable(aliceRow({ hash: hash as Row['hash'] })) });
      Object.assign(hasher, { verify: async () => true });
      await expect(auth.login(right)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    }
  });
});

describe('a fault', () => {
  it('of the user store comes through as it is', async () => {
    const fault = new Error('connection lost');
    const { auth } = door({
      table: { ...userTable(aliceRow()), findByIdentifier: () => Promise.reject(fault) },
    });
    await expect(auth.login(right)).rejects.toBe(fault);
  });

  it.each([['alice@shop.example'], ['nobody@shop.example']])(
    'of the state store lets nobody in and hashes nothing, for %s',
    async (identifier) => {
      const { auth, state, hasher } = door();
      state.failing.add('get');
      await expect(auth.login({ ...right, identifier })).rejects.toMatchObject({
        code: 'ERR_STATE_UNAVAILABLE',
        retryAfterSeconds: 1,
      });
      expect(hasher.verified).toEqual([]);
    },
  );

  it('of the hasher comes through and frees its place', async () => {
    const { auth, hasher } = door();
    const { verify } = hasher;
    Object.assign(hasher, { verify: () => Promise.reject(new Error('no worker')) });
    for (let n = 0; n < 5; n += 1) await expect(auth.login(right)).rejects.toThrow('no worker');
    Object.assign(hasher, { verify });
    expect(await auth.login(right)).toMatchObject({ status: 'signed-in' });
  });
});

describe('the queue', () => {
  it('lets no more passwords be compared at once than the hasher says', async () => {
    const { auth, hasher } = door();
    let running = 0;
    let most = 0;
    Object.assign(hasher, {
      verify: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return false;
      },
    });
    await Promise.allSettled(Array.from({ length: 30 }, () => auth.login(wrong)));
    expect(most).toBe(2);
  });

  it('refuses a flood from one address, in whichever way it is written, and lets others in', async () => {
    const { auth, hasher } = door();
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { verify } = hasher;
    Object.assign(hasher, {
      verify: async (...call: [string, string]) => {
        await gate;
        return verify(...call);
      },
    });
    const flood = Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        auth.login(
          { ...wrong, identifier: `user ${n}` },
          { ip: n % 2 ? '203.0.113.7' : '::ffff:203.0.113.7' },
        ),
      ),
    );
    const other = auth.login(right, { ip: '198.51.100.1' });
    await new Promise(setImmediate);
    open?.();
    const codes = (await flood).map((one) => one.status === 'rejected' && one.reason.code);
    expect(codes.filter((code) => code === 'ERR_SERVER_BUSY')).toHaveLength(40 - 2 - 32);
    expect(await other).toMatchObject({ status: 'signed-in' });
  });
});

describe('the events of a login', () => {
  it('tell a success with its origin', async () => {
    const { auth, events } = door();
    await auth.login(right, { ip: '203.0.113.7', userAgent: 'x'.repeat(2000) });
    expect(events).toMatchObject([
      { name: 'login.succeeded', userId: 1, ip: '203.0.113.7', userAgent: 'x'.repeat(512) },
    ]);
  });

  it.each<[string, Partial<Row>, string]>([
    ['wrong-password', {}, wrongPassword],
    ['no-password', { hash: null }, rightPassword],
    ['hash-unusable', { hash: 'of another library' }, rightPassword],
    ['hash-unusable', { hash: '' }, rightPassword],
    ['hash-unusable', { hash: 7 as unknown as string }, rightPassword],
    ['wrong-password', { state: 'disabled' }, wrongPassword],
    ['disabled', { state: 'disabled' }, rightPassword],
    ['wrong-password', { state: 'pending' }, wrongPassword],
    ['verification-required', { state: 'pending' }, rightPassword],
  ])('tell the true reason %s of a failure for %j', async (reason, row, password) => {
    const { auth, events } = door({ table: userTable(aliceRow(row)) });
    await auth.login({ ...right, password }).catch(() => undefined);
    expect(events).toMatchObject([{ name: 'login.failed', reason, userId: 1 }]);
    expect(events).toHaveLength(1);
  });

  it('name an unknown identifier by an HMAC that only this application can make', async () => {
    const hashes = [];
    for (const options of [{}, {}, { secret: secretB }, { realm: 'staff' }]) {
      const { auth, events } = door(options);
      await auth.login({ ...right, identifier: 'nobody@shop.example' }).catch(() => undefined);
      expect(events).toMatchObject([{ name: 'login.failed', reason: 'unknown-identifier' }]);
      hashes.push(JSON.parse(JSON.stringify(events[0])).identifierHash);
    }
    expect(hashes[0]).toMatch(/^[\w-]{43}$/);
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(3);
  });

  it.each([[null], [7], [{ ip: 7, userAgent: {} }], [{ ip: undefined }]])(
    'do without an origin when the context is %j',
    async (context) => {
      const { auth, events } = door();
      await auth.login(right, context as unknown as object);
      expect(Object.keys(events[0] ?? {}).sort()).toEqual(['at', 'name', 'userId']);
    },
  );

  it('cannot change the outcome', async () => {
    const { auth } = door();
    auth.on('login.succeeded', () => new Promise(() => undefined));
    auth.on('login.succeeded', (event) => Object.assign(event, { userId: 2 }));
    expect(await auth.login(right)).toMatchObject({ status: 'signed-in', user: { key: 1 } });
  });
});
