/** A refresh token that we have not made changes nothing, and what is stored opens nothing. */

import { describe, expect, it } from 'vitest';
import { aliceRow } from '../support/door.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';
import {
  liveLeaves,
  loginOf,
  processOf,
  type RefreshDoor,
  refreshDoor,
  refreshed,
  useOf,
} from '../support/refresh-door.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { userTable } from '../support/user-table.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A login that was refreshed twice, and everything that was handed out. */
async function scene(made: RefreshDoor = refreshDoor()) {
  const one = await loginOf(made);
  const two = await refreshed(made, one.refreshToken);
  const three = await refreshed(made, two.refreshToken);
  return { made, one, two, three, living: three.refreshToken };
}

/** The same family and proof with another number. */
function renumbered(token: string, number: number): string {
  const bytes = Buffer.from(token.slice(23), 'base64url');
  bytes.writeUInt32BE(number);
  return `${token.slice(0, 23)}${bytes.toString('base64url')}`;
}

/** Uses and revokes it: neither writes anything. */
async function changesNothing(made: RefreshDoor, tokens: readonly string[]): Promise<void> {
  const before = made.records.text();
  made.state.calls.length = made.table.calls.length = made.events.length = 0;
  for (const token of tokens) {
    expect((await useOf(made, token)).code, token).toBe('ERR_TOKEN_INVALID');
    await made.auth.tokens.revoke(token);
  }
  expect(new Set(made.state.calls)).toEqual(new Set(tokens.length === 0 ? [] : ['get refresh']));
  expect([made.records.text(), made.table.calls, made.events]).toEqual([before, [], []]);
}

describe('a forged refresh token', () => {
  it('of 20,000 that chance has made of a genuine one, changes nothing', async () => {
    const { made, one, two, living } = await scene();
    const genuine = new Set([one.refreshToken, two.refreshToken, living]);
    const random = seededRandom(9700);
    const pick = (below: number) => Math.floor(random() * below);
    const mutate = (token: string): string => {
      const at = pick(token.length);
      const letter = alphabet[pick(64)] ?? '';
      switch (pick(6)) {
        case 0:
          return renumbered(token, pick(5));
        case 1:
          return token.slice(0, at) + token.slice(at + 1) + letter;
        case 2:
          return `${token.slice(0, 27)}${token.slice(27).split('').reverse().join('')}`;
        case 3:
          return token.slice(0, 23 + pick(48)).padEnd(71, letter);
        default:
          return `${token.slice(0, at)}${letter}${token.slice(at + 1)}`;
      }
    };
    const forged = new Set<string>();
    while (forged.size < 20_000) {
      let token = [...genuine][pick(3)] ?? '';
      for (let times = 1 + pick(3); times > 0; times -= 1) token = mutate(token);
      if (!genuine.has(token)) forged.add(token);
    }
    const wellFormed = [...forged].filter((token) => /^[\w-]{22}\.[\w-]{48}$/.test(token));
    expect(wellFormed.length).toBeGreaterThan(15_000);
    const before = made.records.text();
    made.state.calls.length = made.events.length = 0;
    for (const token of forged) expect((await useOf(made, token)).code, token).toBe('ERR_TOKEN_INVALID');
    expect(new Set(made.state.calls)).toEqual(new Set(['get refresh']));
    expect([made.records.text(), made.events]).toEqual([before, []]);
    expect((await useOf(made, living)).code).toBe('refreshed');
  });

  it('with the number of a coming or of no token changes nothing', async () => {
    const { made, living } = await scene();
    const numbers = [0, 1, 2, 4, 5, 2 ** 31, 2 ** 32 - 1];
    await changesNothing(
      made,
      numbers.map((number) => renumbered(living, number)),
    );
    expect((await useOf(made, living)).code).toBe('refreshed');
  });

  it('with the proof of another login changes neither', async () => {
    const table = userTable(aliceRow(), aliceRow({ key: 2, login: 'bob@shop.example' }));
    const { made, one, living } = await scene(refreshDoor({ table }));
    const other = await loginOf(made);
    const bobs = await loginOf(made, {}, 2);
    const forged = [other, bobs].flatMap(({ refreshToken }) => [
      living.slice(0, 23) + refreshToken.slice(23),
      refreshToken.slice(0, 23) + living.slice(23),
      refreshToken.slice(0, 23) + one.refreshToken.slice(23),
    ]);
    await changesNothing(made, forged);
    for (const token of [living, other.refreshToken, bobs.refreshToken]) {
      expect((await useOf(made, token)).code).toBe('refreshed');
    }
  });

  it('of another realm, or of another secret, changes nothing, over the same store', async () => {
    const { made, one, living } = await scene();
    const strangers = [{ realm: 'staff' }, { secret: secretB }].map((parts) => processOf(made, parts));
    for (const stranger of strangers) {
      const theirs = await loginOf(stranger);
      await changesNothing(made, [theirs.refreshToken]);
      await changesNothing(stranger, [one.refreshToken, living]);
      expect((await useOf(stranger, theirs.refreshToken)).code).toBe('refreshed');
    }
    expect((await useOf(made, living)).code).toBe('refreshed');
  });

  it('made by somebody who has read the store changes nothing', async () => {
    const { made, living } = await scene();
    const [, value] = made.records.only('refresh');
    const { seed, epoch } = JSON.parse(value.slice(44)) as { seed: string; epoch: string };
    const four = Buffer.from([0, 0, 0, 3]);
    const proofs = [value.slice(0, 43), epoch, `${seed}${seed}`.slice(0, 43)];
    await changesNothing(
      made,
      proofs.map((proof) => {
        const bytes = Buffer.concat([four, Buffer.from(proof, 'base64url')]);
        return `${living.slice(0, 23)}${bytes.toString('base64url').slice(0, 48).padEnd(48, 'A')}`;
      }),
    );
  });
});

describe('what is stored', () => {
  it('holds no token, no secret, no device token and no plain id', async () => {
    const made = refreshDoor({ sessions: { registry: true } });
    const deviceToken = 'Vq3kZ9mX1wL7tR5pN0bC8dF6';
    const one = await loginOf(made, { deviceToken, ip: '192.0.2.77' });
    made.clock.advance(600);
    const two = await refreshed(made, one.refreshToken, { deviceToken, ip: '192.0.2.77' });
    const dump = made.records.text();
    for (const { refreshToken, accessToken } of [one, two]) {
      for (const part of [refreshToken, refreshToken.slice(23), refreshToken.slice(29), accessToken]) {
        expect(dump).not.toContain(part);
      }
    }
    for (const hidden of [deviceToken, secretA, '192.0.2.77', 'plain:1:']) expect(dump).not.toContain(hidden);
    const keys = [...made.records.records.keys()];
    for (const key of keys) expect(key).toMatch(/^(refresh|sessions):[\w-]{43}$/);
    expect(keys.join(' ')).not.toContain(one.refreshToken.slice(0, 22));
  });

  it('is refused when a single byte of it was changed, and stays as it is', async () => {
    const { made, one, living } = await scene(refreshDoor());
    const [key, value] = made.records.only('refresh');
    const record = made.records.records.get(key);
    for (let at = 0; at < value.length; at += 1) {
      const code = value.charCodeAt(at);
      const changed = `${value.slice(0, at)}${String.fromCharCode(code ^ 1)}${value.slice(at + 1)}`;
      made.records.records.set(key, { value: changed, ends: record?.ends ?? 0 });
      const before = made.records.text();
      for (const token of [living, one.refreshToken]) {
        expect((await useOf(made, token)).code, `byte ${at}`).toBe('ERR_TOKEN_INVALID');
      }
      expect(made.records.text()).toBe(before);
    }
    made.records.records.set(key, { value, ends: record?.ends ?? 0 });
    expect((await useOf(made, living)).code).toBe('refreshed');
  });

  it.each<readonly [string, object]>([
    ['another user', { user: ['n', '2'] }],
    ['more scopes', { scopes: ['admin'] }],
    ['a later end', { end: 9_999_999_999 }],
    ['a lower number', { generation: 1 }],
    ['another mark', { gen: 'mark' }],
    ['other claims', { claims: { plan: 'paid' } }],
    ['a stronger login', { authentication: { methods: ['pwd', 'otp'], at: 9_999_999_999 } }],
  ])('is refused with %s written into it', async (_what, change) => {
    const { made, one, living } = await scene();
    const [key, value] = made.records.only('refresh');
    const body = JSON.stringify({ ...JSON.parse(value.slice(44)), ...change });
    made.records.records.set(key, { value: `${value.slice(0, 44)}${body}`, ends: Infinity });
    for (const token of [living, one.refreshToken]) {
      expect((await useOf(made, token)).code).toBe('ERR_TOKEN_INVALID');
    }
  });

  it('is refused under the name of another login of the same user', async () => {
    const { made, living } = await scene();
    const [key, value] = made.records.only('refresh');
    const other = await loginOf(made, { scope: 'admin' });
    const theirs = [...made.records.records].find(([k]) => k.startsWith('refresh:') && k !== key);
    made.records.records.set(key, { value: theirs?.[1].value ?? '', ends: Infinity });
    for (const token of [living, living.slice(0, 23) + other.refreshToken.slice(23)]) {
      expect((await useOf(made, token)).code).toBe('ERR_TOKEN_INVALID');
    }
    made.records.records.set(key, { value, ends: Infinity });
    expect((await useOf(made, living)).code).toBe('refreshed');
  });

  it('is nothing that repeats: 5,000 logins share no name and no proof', async () => {
    const made = refreshDoor();
    const parts = new Set<string>();
    for (let key = 1; key <= 5000; key += 1) {
      const { refreshToken } = await loginOf(made, {}, key);
      parts.add(refreshToken.slice(0, 22)).add(refreshToken.slice(29));
    }
    expect(parts.size).toBe(10_000);
  });
});

describe('a secret that is replaced', () => {
  const secretOf = (made: RefreshDoor): string => {
    const [, value] = made.records.only('refresh');
    return (JSON.parse(value.slice(44)) as { secretId: string }).secretId;
  };

  it('lets every login go on, and moves it to the new one', async () => {
    const { made, living } = await scene();
    const both = processOf(made, { secret: [secretB, secretA] });
    const alone = processOf(made, { secret: secretB });
    expect((await useOf(alone, living)).code).toBe('ERR_TOKEN_INVALID');
    const old = secretOf(made);
    const next = await useOf(both, living);
    expect(next.code).toBe('refreshed');
    expect(secretOf(made)).not.toBe(old);
    expect((await useOf(both, living)).pair?.refreshToken).toBe(next.pair?.refreshToken);
    const last = await refreshed(alone, next.pair?.refreshToken ?? '');
    expect(await verdictOn(alone.auth, last.accessToken)).toBe('accepted');
  });

  it('leaves the spent tokens of the old one known while it is listed: they end the login', async () => {
    const { made, one, living } = await scene();
    const both = processOf(made, { secret: [secretB, secretA] });
    const next = await refreshed(both, living);
    expect((await useOf(both, one.refreshToken)).code).toBe('ERR_TOKEN_REUSED');
    expect(await liveLeaves(both, [living, next.refreshToken])).toEqual([]);
  });

  it('leaves them nothing when it is listed no more', async () => {
    const { made, one, two, living } = await scene();
    const next = await refreshed(processOf(made, { secret: [secretB, secretA] }), living);
    const alone = processOf(made, { secret: secretB });
    await changesNothing(alone, [one.refreshToken, two.refreshToken, living]);
    expect((await useOf(alone, next.refreshToken)).code).toBe('refreshed');
  });
});
