import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AuthOptions, ConfigError, createAuth } from '../src/index.ts';
import { memoryState } from '../src/stores/memory/index.ts';
import { countingHasher } from './support/counting-hasher.ts';
import { aliceRow, rightPassword, wrongPassword } from './support/door.ts';
import { issuer, secretA, secretB } from './support/fixed-secret.ts';
import { eventNames } from './support/heard-events.ts';
import { keysFor } from './support/jwt-keys.ts';
import { movableClock } from './support/movable-clock.ts';
import { type Row, type UserTable, userTable } from './support/user-table.ts';

type Options = AuthOptions<Row, UserTable>;

const options = (): Options => ({
  secret: secretA,
  issuer,
  users: userTable(aliceRow()),
  hasher: countingHasher(),
});
const right = { identifier: 'alice@shop.example', password: rightPassword };
const wrong = { ...right, password: wrongPassword };
const ownKey = { kid: 'k1', algorithm: 'ES256', key: keysFor('ES256').privateKey } as const;

/** A host's own service for tokens. */
const otherTokens = () => ({
  issue: async () => ({ tokenType: 'Bearer' as const, accessToken: 'opaque', expiresIn: 60 }),
  verify: () => Promise.reject(new Error('not here')),
  revoke: async () => undefined,
  revokeAll: vi.fn(async () => undefined),
  jwks: async () => ({ keys: [] }),
  refresh: async () => Promise.reject(new Error('not called')),
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('createAuth refuses', () => {
  const noObjects = [7, true, 'text', 7n, [], Symbol('x')];
  const noTexts = [null, 7, true, {}, [], () => 'x', Symbol('x')];
  const strange: Readonly<Record<keyof Options, readonly unknown[]>> = {
    users: [undefined, null, {}, ...noObjects, { findById: 1, findByIdentifier: 1, toAuthUser: 1 }],
    secret: [...noTexts, undefined, '', 'short'],
    issuer: [...noTexts, undefined, '', 'a b', 'a"b', 'a\\b', 'a\nb', '\u00e9', 'x'.repeat(256)],
    audience: [...noTexts, ''],
    realm: [...noTexts, '', 'a b', 'a/b', '\u00e9', 'x'.repeat(65)],
    state: [null, {}, ...noObjects, { ...memoryState(), take: undefined }],
    hasher: [
      null,
      {},
      ...noObjects,
      { ...countingHasher(), verify: undefined },
      ...[0, -1, 1.5, Number.NaN, '2', null].map((concurrency) => ({ ...countingHasher(), concurrency })),
    ],
    sessions: [
      ...noObjects,
      { idle: 0 },
      { idle: '30' },
      { absolute: -1 },
      { absolute: '31d' },
      { registry: 1 },
    ],
    tokens: [
      ...noObjects,
      { keys: [] },
      { keys: {} },
      { keys: 'text' },
      { clientId: '' },
      { expiresIn: 0 },
      { expiresIn: '31d' },
      { clockTolerance: 61 },
      { maxStaleness: '2h' },
      { scopes: ['read'] },
      { refresh: 1 },
    ],
    tokenService: [
      null,
      {},
      ...noObjects,
      { issue: 1, refresh: 1, verify: 1, revoke: 1, revokeAll: 1, jwks: 1 },
    ],
    passwords: [
      ...noObjects,
      ...[7, 65, 0, -15, 15.5, Number.NaN, '15', null].map((minLength) => ({ minLength })),
      ...['shop', {}, null, [7], [null], [''], ['shop', ' '], [['shop']]].map((words) => ({ words })),
      ...[null, true, 'hibp', {}].map((breached) => ({ breached })),
      { maxLength: 72 },
      { pattern: /[A-Z]/ },
    ],
    links: [
      ...noObjects,
      ...[null, '', '/users/reset', 'users/reset', '//shop.example/reset', 'shop.example', 7, {}, []].map(
        (resetPassword) => ({ resetPassword }),
      ),
      ...['javascript:alert(1)', 'data:text/html,x', 'ftp://shop.example/', 'mailto:a@shop.example'].map(
        (verifyEmail) => ({ verifyEmail }),
      ),
      ...['https://', 'http://[', '?token='].map((changeEmail) => ({ changeEmail })),
      ...[0, 59, '59s', 86_401, '2d', '25h', '30', -1, null, Number.NaN].map((resetLifetime) => ({
        resetLifetime,
      })),
      ...[0, 59, '8d', 604_801, '24', -1, null].map((verifyLifetime) => ({ verifyLifetime })),
      { changePassword: 'https://shop.example/' },
      { changeLifetime: '1h' },
    ],
    notifier: [null, {}, ...noObjects, { deliver: 'mail' }, { send: () => undefined }],
    identifierKind: [null, 7, 'email', {}, []],
    clock: [null, {}, ...noObjects, { now: 7 }],
  };
  const cases = Object.entries(strange).flatMap(([option, values]) =>
    values.map((value) => [option, value] as const),
  );

  it.each(cases)('the option %s as %o', (option, value) => {
    const error = refusal({ ...options(), [option]: value });
    expect(error.code).toBe('ERR_CONFIG_INVALID');
    expect(error.option.split('.')[0]).toBe(option);
    expect(error.message.startsWith(`${error.option}: `)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['users.findByIdentifier', { users: { ...userTable(), findByIdentifier: undefined } }],
    ['users.setStatus', { users: { ...userTable(), setStatus: true } }],
    [
      'state.compareAndSet',
      { state: { ...memoryState(), get: vi.fn(), put: vi.fn(), putIfAbsent: vi.fn() } },
    ],
    ['hasher.needsRehash', { hasher: { ...countingHasher(), needsRehash: null } }],
    ['hasher.concurrency', { hasher: countingHasher(1, 0) }],
    ['clock.now', { clock: {} }],
    ['notifier.deliver', { notifier: { send: () => undefined } }],
    ['links.resetPassword', { links: { resetPassword: '/users/reset' } }],
    ['links.verifyEmail', { links: { verifyEmail: 'javascript:alert(1)' } }],
    ['links.changeEmail', { links: { changeEmail: 'shop.example/email' } }],
    ['links.resetLifetime', { links: { resetLifetime: '2d' } }],
    ['links.verifyLifetime', { links: { verifyLifetime: '8d' } }],
    ['links.register', { links: { register: 'https://shop.example/users/new' } }],
    ['passwords.minLength', { passwords: { minLength: 7 } }],
    ['passwords.words', { passwords: { words: 'shop' } }],
    ['passwords.words.1', { passwords: { words: ['shop', 7] } }],
    ['passwords.breached', { passwords: { breached: true } }],
    ['passwords.minimum', { passwords: { minimum: 15 } }],
    ['secret.1', { secret: [secretA, 'short'] }],
    ['sessions.idle', { sessions: { idle: 'soon' } }],
    ['sessions.idle', { sessions: { idle: '2h', absolute: '1h' } }],
    ['sessions.absolute', { sessions: { absolute: null } }],
    ['sessions.registry', { sessions: { registry: 'yes' } }],
    ['tokens.refresh.idle', { tokens: { refresh: { idle: '91d' } } }],
    ['sessions.iddle', { sessions: { iddle: '30m' } }],
    ['hashers', { hashers: countingHasher() }],
    ['Secret', { Secret: secretA }],
  ])('%s, by its dotted path', (option, given) => {
    expect(refusal({ ...options(), ...(given as object) }).option).toBe(option);
  });

  const strangeTokens: Readonly<Record<string, readonly unknown[]>> = {
    'tokens.clientId': ['', null, 7, ['web']].map((clientId) => ({ clientId })),
    'tokens.expiresIn': [0, '0s', '31d', '5', -1, null].map((expiresIn) => ({ expiresIn })),
    'tokens.clockTolerance': ['61s', '2m', -1, '5', null].map((clockTolerance) => ({ clockTolerance })),
    'tokens.maxStaleness': ['61m', '2h', -1, '5', null].map((maxStaleness) => ({ maxStaleness })),
    'tokens.scopes': [null, 'read', ['read'], {}].map((scopes) => ({ scopes })),
    'tokens.keys': [null, [], {}, 'text', secretA].map((keys) => ({ keys })),
    'tokens.keys.0.algorithm': [null, {}, { key: ownKey.key }].map((key) => ({ keys: [key] })),
    'tokens.keys.0.key': [{ algorithm: 'HS256', key: 'short' }].map((key) => ({ keys: [key] })),
    'tokens.keys.0.usage': [{ ...ownKey, usage: 'sign' }].map((key) => ({ keys: [key] })),
    'tokens.keys.1.kid': [{ keys: [ownKey, ownKey] }],
    'tokens.refresh': [false, '14d', 7, ['14d']].map((refresh) => ({ refresh })),
    'tokens.refresh.idle': [0, '366d', '5', null].map((idle) => ({ refresh: { idle, absolute: '365d' } })),
    'tokens.refresh.absolute': [0, '366d', -1, null].map((absolute) => ({ refresh: { absolute } })),
    'tokens.refresh.grace': [-1, '61s', '2m', null].map((grace) => ({ refresh: { grace } })),
    'tokens.refresh.graze': [{ refresh: { graze: 10 } }],
    'tokens.audience': [{ audience: 'api' }],
  };

  it.each(Object.entries(strangeTokens))('%s, by its dotted path', (option, values) => {
    for (const tokens of values) expect(refusal({ ...options(), tokens }).option).toBe(option);
  });

  it.each(['issue', 'refresh', 'verify', 'revoke', 'revokeAll', 'jwks'])(
    'a token service without %s',
    (method) => {
      const tokenService = { ...otherTokens(), [method]: undefined };
      expect(refusal({ ...options(), tokenService }).option).toBe(`tokenService.${method}`);
    },
  );

  it.each([[{}], [{ expiresIn: 60 }], [null]])('the options %j of the service that is replaced', (tokens) => {
    expect(refusal({ ...options(), tokens, tokenService: otherTokens() }).option).toBe('tokens');
  });

  it.each([[undefined], [null], ['text'], [7], [true], [[]], [() => options()]])(
    '%o instead of options',
    (given) => {
      expect(refusal(given).option).toBe('options');
    },
  );

  it('a bad secret without telling it, and says how to make a good one', () => {
    const { message, stack } = refusal({ ...options(), secret: 'hunter2-hunter2' });
    expect(`${message}${stack}`).not.toContain('hunter2');
    expect(message).toContain("randomBytes(32).toString('base64url')");
  });
});

describe('createAuth', () => {
  it('needs three functions, a secret and an issuer, and no more', async () => {
    const { findById, findByIdentifier, toAuthUser } = userTable(aliceRow({ hash: null }));
    const auth = createAuth({ secret: secretA, issuer, users: { findById, findByIdentifier, toAuthUser } });
    expect(auth).toMatchObject({ issuer, realm: '' });
    const stamp = await auth.sessions.start(aliceRow({ hash: null }));
    expect(stamp.end - stamp.start).toBe(12 * 3600);
    expect(await auth.sessions.resume(stamp)).not.toBeNull();
    await auth.sessions.endAll(1);
    expect(await auth.sessions.resume(stamp)).toBeNull();
    await auth.close();
  });

  it('takes bcrypt of cost 12 when it is told nothing', async () => {
    const reasons: string[] = [];
    for (const hash of [`$2b$12$${'a'.repeat(52)}u`, `$2b$13$${'a'.repeat(52)}u`]) {
      const { hasher: _default, ...rest } = options();
      const auth = createAuth({ ...rest, users: userTable(aliceRow({ hash })) });
      auth.on('login.failed', ({ reason }) => reasons.push(reason));
      await expect(auth.login(right)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
      await auth.close();
    }
    expect(reasons).toEqual(['wrong-password', 'hash-unusable']);
  }, 30_000);

  it('ends sessions after 30 idle minutes when it is told nothing', async () => {
    const clock = movableClock();
    const auth = createAuth({ ...options(), clock });
    const stamp = await auth.sessions.start(aliceRow());
    clock.advance(1800);
    expect(await auth.sessions.resume(stamp)).not.toBeNull();
    clock.advance(1);
    expect(await auth.sessions.resume(stamp)).toBeNull();
  });

  it('reads nothing from the environment', async () => {
    const read: PropertyKey[] = [];
    const { env } = process;
    const watched = new Proxy(env, {
      get: (target, name) => {
        read.push(name);
        return Reflect.get(target, name);
      },
    });
    vi.spyOn(process, 'env', 'get').mockReturnValue(watched);
    const { secret: _missing, ...rest } = options();
    expect(refusal(rest).option).toBe('secret');
    const auth = createAuth(options());
    await auth.login(right);
    await auth.login(wrong).catch(() => undefined);
    const stamp = await auth.sessions.start(aliceRow());
    await auth.sessions.resume(stamp);
    await auth.sessions.endAll(1);
    expect(read).toEqual([]);
  });

  it('does not change the options, nor follow when they change', async () => {
    const given = { ...options(), sessions: Object.freeze({ idle: 60 }), secret: [secretA] };
    const auth = createAuth(Object.freeze(given));
    const stamp = await auth.sessions.start(aliceRow());
    given.secret.length = 0;
    expect(await auth.sessions.resume(stamp)).not.toBeNull();
    expect(await auth.sessions.start(aliceRow())).toMatchObject({ secretId: stamp.secretId });
  });

  it('answers what nobody can change', () => {
    const auth = createAuth(options());
    const { accounts, emails, passwords, sessions, tokens, users } = auth;
    for (const part of [auth, accounts, emails, passwords, sessions, tokens, users])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it('shows a user store whose answers are checked, without the methods that write', async () => {
    const { users } = createAuth({
      ...options(),
      users: { ...userTable(), findById: async () => undefined },
    });
    expect(Object.keys(users).sort()).toEqual(['findByIdentifier', 'findById', 'toAuthUser'].sort());
    expect(await users.findById(1)).toBeNull();
    expect(() => users.toAuthUser({ login: 'x', hash: 'x' } as Row)).toThrowError(ConfigError);
  });

  it('closes the hasher, and does without a close', async () => {
    const close = vi.fn(async () => undefined);
    await createAuth({ ...options(), hasher: { ...countingHasher(), close } }).close();
    expect(close).toHaveBeenCalledTimes(1);
    await expect(createAuth(options()).close()).resolves.toBeUndefined();
  });
});

describe('the option tokenService', () => {
  it('takes the place of ours', async () => {
    const tokenService = otherTokens();
    const auth = createAuth({ ...options(), tokenService });
    expect(auth.tokens).toBe(tokenService);
    expect(await auth.tokens.issue(aliceRow())).toMatchObject({ accessToken: 'opaque' });
  });

  it('takes an instance of a class, and a function with methods', () => {
    class Opaque {
      readonly issue = async () => ({ tokenType: 'Bearer' as const, accessToken: 'opaque', expiresIn: 60 });
      async verify(): Promise<never> {
        throw new Error('not here');
      }
      async refresh(): Promise<never> {
        throw new Error('not here');
      }
      async revoke(): Promise<void> {}
      async revokeAll(): Promise<void> {}
      async jwks() {
        return { keys: [] };
      }
    }
    const tokenService = new Opaque();
    expect(createAuth({ ...options(), tokenService }).tokens).toBe(tokenService);
    const callable = Object.assign(() => undefined, otherTokens());
    expect(createAuth({ ...options(), tokenService: callable }).tokens).toBe(callable);
  });

  it('hears of every sign-out everywhere, and of nothing else', async () => {
    const tokenService = otherTokens();
    const auth = createAuth({ ...options(), tokenService });
    const { id } = await auth.sessions.start(aliceRow());
    await auth.sessions.end({ userId: 1, sessionId: id });
    expect(tokenService.revokeAll).not.toHaveBeenCalled();
    await auth.sessions.endAll(1);
    await auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
    await expect(auth.sessions.endAll('' as never)).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
    expect(tokenService.revokeAll.mock.calls).toEqual([[1], [1], [1]]);
  });
});

describe('two createAuth in one process', () => {
  const realms = () => {
    const { bumpEpoch: _missing, ...users } = userTable(aliceRow());
    const shared = { state: memoryState(), users };
    return (['shop', 'staff'] as const).map((realm) => createAuth({ ...options(), ...shared, realm }));
  };

  it('share no session and no sign-out, though they share everything but the realm', async () => {
    const [shop, staff] = realms();
    const stamp = await shop?.sessions.start(aliceRow());
    expect(await staff?.sessions.resume(stamp)).toBeNull();
    await staff?.sessions.end({ userId: 1, sessionId: stamp?.id ?? '' });
    await staff?.sessions.endAll(1);
    expect(await shop?.sessions.resume(stamp)).not.toBeNull();
  });

  it('share no listener', async () => {
    const [shop, staff] = realms();
    const heard: unknown[] = [];
    shop?.on('login.succeeded', ({ realm }) => heard.push(realm));
    await staff?.login(right);
    await shop?.login(right);
    expect(heard).toEqual(['shop']);
  });

  it('share no default state', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const [one, other] = [1, 2].map(() => createAuth({ ...options(), users: table }));
    const stamp = await one?.sessions.start(aliceRow());
    await one?.sessions.end({ userId: 1, sessionId: stamp?.id ?? '' });
    expect(await one?.sessions.resume(stamp)).toBeNull();
    expect(await other?.sessions.resume(stamp)).not.toBeNull();
  });

  it('share no queue', async () => {
    const hasher = () => ({ ...countingHasher(1, 1), verify: () => new Promise<boolean>(() => undefined) });
    const stuck = createAuth({ ...options(), hasher: hasher() });
    for (let n = 0; n < 40; n += 1) stuck.login(wrong).catch(() => undefined);
    await new Promise(setImmediate);
    await expect(createAuth(options()).login(right)).resolves.toMatchObject({ status: 'signed-in' });
  });
});

describe('on', () => {
  const broken: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['never settles', () => new Promise(() => undefined)],
  ];

  it.each(broken)('changes nothing when every listener %s', async (_how, listener) => {
    vi.spyOn(process, 'emitWarning').mockReturnValue();
    const auth = createAuth({ ...options(), hasher: countingHasher(2) });
    for (const name of eventNames) auth.on(name, listener);
    const result = await auth.login(right);
    expect(result).toMatchObject({ status: 'signed-in', user: { hash: `plain:2:${rightPassword}` } });
    await expect(auth.login(wrong)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    const stamp = await auth.sessions.start(aliceRow());
    await auth.accounts.setStatus({ user: aliceRow(), status: 'active' });
    expect(await auth.sessions.resume(stamp)).toBeNull();
  });

  it('answers a function that unsubscribes', async () => {
    const auth = createAuth(options());
    const heard: unknown[] = [];
    const off = auth.on('login.succeeded', (event) => heard.push(event));
    await auth.login(right);
    off();
    await auth.login(right);
    expect(heard).toHaveLength(1);
  });

  it('is not the only place: the diagnostics channel of the event tells it too', async () => {
    const heard: unknown[] = [];
    const hear = (message: unknown) => heard.push(message);
    subscribe('ostiary:login.failed', hear);
    await createAuth({ ...options(), realm: 'staff' })
      .login(wrong)
      .catch(() => undefined);
    unsubscribe('ostiary:login.failed', hear);
    expect(heard).toMatchObject([
      { name: 'login.failed', reason: 'wrong-password', userId: 1, realm: 'staff', at: expect.any(Date) },
    ]);
  });
});

describe('a list of secrets', () => {
  it('signs with the first and knows the sessions of the others', async () => {
    const table = userTable(aliceRow());
    const under = (secret: Options['secret']) => createAuth({ ...options(), users: table, secret }).sessions;
    const stamp = await under(secretA).start(aliceRow());
    expect(await under([secretB, secretA]).resume(stamp)).not.toBeNull();
    expect((await under([secretB, secretA]).start(aliceRow())).secretId).not.toBe(stamp.secretId);
  });
});

function refusal(given: unknown): ConfigError {
  try {
    createAuth(given as Options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.unreachable('the options were taken');
}
