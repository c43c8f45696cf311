import { beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '../../docs/generator/events-page.ts';
import { statePurposes } from '../../src/core/state-keys.ts';
import type { AuthEvent, StateStore } from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { readTree } from '../structure/source-tree.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, rightPassword, wrongPassword } from '../support/door.ts';
import { secretA } from '../support/fixed-secret.ts';
import { recordingState } from '../support/recording-state.ts';
import { userTable } from '../support/user-table.ts';

const path = 'docs/security/what-is-stored.md';
const page = readTree(path).get(path) ?? '';
const origin = { ip: '192.0.2.77', userAgent: 'Browser/9.9' };
const [bella, moved] = ['bella@shop.example', 'bella@post.example'];
const names = ['alice', 'bella', 'mallory', 'post.example'];

/** Everything that users leave behind who do all that this version can. */
interface Traces {
  readonly written: readonly (readonly [key: string, value: string])[];
  readonly stamp: object;
  readonly token: string;
  readonly refreshTokens: readonly string[];
  readonly claims: object;
  readonly links: readonly string[];
  readonly deviceToken: string;
  readonly events: readonly AuthEvent[];
  readonly hashes: readonly string[];
}

let traces: Traces;

beforeAll(async () => {
  const written: [string, string][] = [];
  const state = recordingState(writingTo(written, memoryState()));
  const row = aliceRow({ roles: ['admin'] });
  const old = row.hash ?? '';
  const hasher = countingHasher(2);
  const sessions = { registry: true };
  const door = accountDoor({ state, realm: 'staff', hasher, sessions, table: userTable(row) });
  const { auth, table, events, outbox } = door;
  const input = { identifier: row.login, password: rightPassword };
  await auth.login({ ...input, password: wrongPassword }, origin).catch(() => undefined);
  await auth
    .login({ identifier: 'mallory@shop.example', password: wrongPassword }, origin)
    .catch(() => undefined);
  await auth.sessions.endAll(row.key);
  const result = await auth.login(input, origin);
  if (result.status !== 'signed-in') throw new Error('was not signed in');
  const { user, authentication } = result;
  const stamp = await auth.sessions.start(user, authentication, origin);
  const asked = { authentication, refresh: true, ...origin, deviceToken: 'a browser of alice' };
  const { accessToken, refreshToken: first = '' } = await auth.tokens.issue(user, asked);
  const claims = await auth.tokens.verify(accessToken);
  const { refreshToken: second = '' } = await auth.tokens.refresh(first, origin);
  const { refreshToken: third = '' } = await auth.tokens.refresh(second, origin);
  await auth.tokens.refresh(first, origin).catch(() => undefined);
  await auth.sessions.end({ userId: row.key, sessionId: stamp.id });
  await auth.tokens.revoke((await auth.tokens.issue(user, { authentication })).accessToken);
  const deviceToken = await livesAnAccount(door);
  await auth.accounts.setStatus({ user, status: 'disabled' });
  const links = outbox.sent.flatMap((message) => message.token ?? []);
  const hashes = [old, ...hasher.hashed.map((password) => `plain:2:${password}`)];
  expect(table.rows).toHaveLength(1);
  const refreshTokens = [first, second, third];
  traces = { written, stamp, token: accessToken, refreshTokens, claims, links, deviceToken, events, hashes };
});

/** From a registration to the end of the account, by every way there is. */
async function livesAnAccount({ auth, outbox, table, settled }: AccountDoor): Promise<string> {
  const bellasRow = () => table.rows.find(({ mail }) => mail === bella || mail === moved) ?? aliceRow();
  await auth.register({ email: bella, password: otherPassword }, origin);
  await settled();
  const registered = await auth.register({ email: bella, password: goodPassword }, origin);
  await settled();
  if (registered.status !== 'check-inbox') throw new Error('was made without a proof of the address');
  await auth.emails.requestVerification({ email: bella });
  await settled();
  const { deviceToken } = registered;
  await auth.emails.verify({ token: outbox.token('verify-email') }, { ...origin, deviceToken });
  await auth.register({ email: bella, password: goodPassword }, origin);
  const wrong = { user: bellasRow(), currentPassword: wrongPassword, newPassword: otherPassword };
  await auth.passwords.change(wrong, origin).catch(() => undefined);
  await auth.passwords.change({ ...wrong, currentPassword: goodPassword }, origin);
  await auth.passwords.requestReset({ identifier: 'mallory@shop.example' }, origin);
  await auth.passwords.requestReset({ identifier: bella }, origin);
  await settled();
  const reset = { token: outbox.token('reset-password'), newPassword: goodPassword };
  await auth.passwords.reset(reset, origin);
  await auth.passwords.reset(reset, origin).catch(() => undefined);
  await auth.emails.requestChange({ user: bellasRow(), newEmail: moved }, origin);
  await settled();
  await auth.emails.confirmChange({ token: outbox.token('change-email') }, origin);
  await settled();
  await auth.accounts.close({ user: bellasRow(), currentPassword: goodPassword }, origin);
  await settled();
  return deviceToken;
}

describe('what a user leaves in the state store', () => {
  it('is of every purpose that the page has, and of no other', () => {
    const purposes = new Set(traces.written.map(([key]) => key.split(':')[0]));
    expect([...purposes].sort()).toEqual(Object.keys(statePurposes).sort());
  });

  it('is written as the page says', () => {
    const written = (purpose: string): readonly string[] =>
      traces.written.flatMap(([key, value]) => (key.startsWith(`${purpose}:`) ? [value] : []));
    for (const value of written('revocation'))
      expect(Object.keys(JSON.parse(value))).toEqual(['mark', 'denied']);
    for (const value of written('epoch'))
      expect(JSON.parse(value)).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    for (const value of written('refresh')) {
      expect(value).toMatch(/^[\w-]{43} \{/);
      expect(Object.keys(JSON.parse(value.slice(44))).sort()).toEqual(familyFields);
    }
    const listed = written('sessions').flatMap((value): readonly object[] => JSON.parse(value));
    expect(new Set(listed.map((entry) => Object.keys(entry).sort().join()))).toEqual(
      new Set(['device,end,first,gen,id,kind,seen']),
    );
    expect(new Set(written('link'))).toEqual(new Set(['used']));
    for (const value of written('address')) expect(value).toMatch(/^[\w-]{22}$/);
    expect(new Set(written('claim'))).toEqual(new Set(['verified', 'replaced']));
  });

  it('says nothing of who they are, from where they came, and what they know', () => {
    const text = JSON.stringify(traces.written);
    for (const known of [...secretsOf(traces), ...Object.values(origin), ...names, 'admin', 'staff']) {
      expect(text).not.toContain(known);
    }
  });
});

describe('a stamp', () => {
  it('has the fields of the page', () => {
    const [, section = ''] = page.split('## In your session store');
    for (const name of Object.keys(traces.stamp)) expect(section).toContain(`\n- \`${name}: `);
  });

  it('has no address, role, password or hash in it', () => {
    const text = JSON.stringify(traces.stamp);
    for (const known of [...secretsOf(traces), ...Object.values(origin), 'alice', 'admin']) {
      expect(text).not.toContain(known);
    }
  });
});

describe('an access token', () => {
  it('has the claims of the page', () => {
    const [, section = ''] = page.split('## In an access token');
    expect(Object.keys(traces.claims)).toContain('idt');
    for (const name of Object.keys(traces.claims))
      expect(section).toMatch(new RegExp(`\`${name}(\\?: |: |\`)`));
  });

  it('has no address, password or hash in it', () => {
    const text = JSON.stringify(traces.claims);
    for (const known of [...secretsOf(traces), ...Object.values(origin), 'alice'])
      expect(text).not.toContain(known);
  });
});

describe('a link that is mailed', () => {
  const read = (link: string): readonly unknown[] =>
    JSON.parse(Buffer.from(link.split('.')[1] ?? '', 'base64url').toString());

  it('has no more in it than the page says', () => {
    const [, section = ''] = page.split('## In a link that is mailed');
    const [own = ''] = section.split('\n## ');
    expect(own.match(/^- `/gm)).toHaveLength(7);
    expect(traces.links.map((link) => read(link).length)).toEqual([6, 6, 6, 6, 7]);
  });

  it('has no address but a new one, and no password or hash in it', () => {
    for (const link of traces.links) {
      const text = JSON.stringify(read(link));
      const knows = [...secretsOf({ ...traces, links: [] }), ...Object.values(origin), 'bella@shop', 'alice'];
      for (const known of knows) expect(text).not.toContain(known);
      expect(text.includes(moved)).toBe(read(link).length === 7);
    }
  });
});

describe('the token for the browser that registered', () => {
  it('is two random texts to whoever reads it, and the name of a secret', () => {
    expect(traces.deviceToken).toMatch(/^[\w-]{22}\.[\w-]+\.[\w-]{43}$/);
  });
});

describe('events', () => {
  const named = readEvents(readTree('src'));
  const located = named.filter(({ fields }) => fields.some(({ name }) => name === 'ip'));

  it('hold the address and the browser where their page says so, and nowhere else', () => {
    const holding = traces.events.filter((event) => JSON.stringify(event).includes(origin.ip));
    expect(new Set(holding.map(({ name }) => name))).toEqual(new Set(located.map(({ name }) => name)));
    for (const event of holding) expect(event).toMatchObject(origin);
  });

  it('hold the id of a user who is known, and no name, password, hash, token or secret', () => {
    for (const event of traces.events) {
      expect('userId' in event).toBe(!('identifierHash' in event));
      for (const known of [...secretsOf(traces), ...names]) {
        expect(JSON.stringify(event)).not.toContain(known);
      }
    }
  });
});

/** What the page names of a login with refresh tokens: "the dates" are its start and its ends. */
const familyFields = [
  ...['accessEnd', 'authentication', 'claims', 'device', 'end', 'epoch', 'gen', 'generation', 'made'],
  ...['scopes', 'secretId', 'seed', 'start', 'user'],
];

function secretsOf({ token, refreshTokens, links, deviceToken, hashes }: Traces): readonly string[] {
  const passwords = [rightPassword, wrongPassword, goodPassword, otherPassword];
  const proofs = refreshTokens.flatMap((each) => [each, each.split('.')[1] ?? '']);
  return [token, ...proofs, ...links, deviceToken, 'a browser of alice', ...hashes, ...passwords, secretA];
}

/** The store, with what is written to it in a list. */
function writingTo(written: [string, string][], store: StateStore): StateStore {
  return {
    get: (key) => store.get(key),
    put: (key, value, ttl) => {
      written.push([key, value]);
      return store.put(key, value, ttl);
    },
    putIfAbsent: (key, value, ttl) => {
      written.push([key, value]);
      return store.putIfAbsent(key, value, ttl);
    },
    compareAndSet: (key, expected, next, ttl) => {
      written.push([key, next]);
      return store.compareAndSet(key, expected, next, ttl);
    },
    take: (key) => store.take(key),
    increment: (key, by, ttl) => store.increment(key, by, ttl),
    delete: (key) => store.delete(key),
  };
}
