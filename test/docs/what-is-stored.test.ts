import { beforeAll, describe, expect, it } from 'vitest';
import { statePurposes } from '../../src/core/state-keys.ts';
import type { AuthEvent, StateStore } from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { readTree } from '../structure/source-tree.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, door, rightPassword, wrongPassword } from '../support/door.ts';
import { secretA } from '../support/fixed-secret.ts';
import { recordingState } from '../support/recording-state.ts';
import { userTable } from '../support/user-table.ts';

const path = 'docs/security/what-is-stored.md';
const page = readTree(path).get(path) ?? '';
const origin = { ip: '192.0.2.77', userAgent: 'Browser/9.9' };

/** Everything that one user leaves behind who does all that this version can. */
interface Traces {
  readonly written: readonly (readonly [key: string, value: string])[];
  readonly stamp: object;
  readonly token: string;
  readonly claims: object;
  readonly events: readonly AuthEvent[];
  readonly hashes: readonly string[];
}

let traces: Traces;

beforeAll(async () => {
  const written: [string, string][] = [];
  const state = recordingState(writingTo(written, memoryState()));
  const row = aliceRow({ roles: ['admin'] });
  const old = row.hash ?? '';
  const { auth, table, events } = door({
    state,
    realm: 'staff',
    hasher: countingHasher(2),
    table: userTable(row),
  });
  const input = { identifier: row.login, password: rightPassword };
  await auth.login({ ...input, password: wrongPassword }, origin).catch(() => undefined);
  await auth
    .login({ identifier: 'mallory@shop.example', password: wrongPassword }, origin)
    .catch(() => undefined);
  await auth.sessions.endAll(row.key);
  const result = await auth.login(input, origin);
  if (result.status !== 'signed-in') throw new Error('was not signed in');
  const { user, authentication } = result;
  const stamp = await auth.sessions.start(user, authentication);
  const { accessToken } = await auth.tokens.issue(user, { authentication });
  const claims = await auth.tokens.verify(accessToken);
  await auth.sessions.end({ userId: row.key, sessionId: stamp.id });
  await auth.tokens.revoke(accessToken);
  await auth.accounts.setStatus({ user, status: 'disabled' });
  traces = { written, stamp, token: accessToken, claims, events, hashes: [old, table.rows[0]?.hash ?? ''] };
});

describe('what a user leaves in the state store', () => {
  it('is of every purpose that the page has, and of no other', () => {
    const purposes = new Set(traces.written.map(([key]) => key.split(':')[0]));
    expect([...purposes].sort()).toEqual(Object.keys(statePurposes).sort());
  });

  it('is written as the page says', () => {
    for (const [key, value] of traces.written) {
      const read: unknown = JSON.parse(value);
      if (key.startsWith('epoch:')) expect(read).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
      else expect(Object.keys(read as object)).toEqual(['mark', 'denied']);
    }
  });

  it('says nothing of who they are, from where they came, and what they know', () => {
    const text = JSON.stringify(traces.written);
    for (const known of [
      ...secretsOf(traces),
      ...Object.values(origin),
      'alice',
      'mallory',
      'admin',
      'staff',
    ]) {
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

describe('events', () => {
  it('hold the address and the browser where the page says so, and nowhere else', () => {
    const holding = traces.events.filter((event) => JSON.stringify(event).includes(origin.ip));
    expect(new Set(holding.map(({ name }) => name))).toEqual(new Set(['login.failed', 'login.succeeded']));
    for (const event of holding) expect(event).toMatchObject(origin);
  });

  it('hold the id of a user who is known, and no name, password, hash, token or secret', () => {
    for (const event of traces.events) {
      const unknown = 'reason' in event && event.reason === 'unknown-identifier';
      expect('userId' in event).toBe(!unknown);
      for (const known of [...secretsOf(traces), 'alice', 'mallory']) {
        expect(JSON.stringify(event)).not.toContain(known);
      }
    }
  });
});

function secretsOf({ token, hashes }: Traces): readonly string[] {
  return [token, ...hashes, rightPassword, wrongPassword, secretA];
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
