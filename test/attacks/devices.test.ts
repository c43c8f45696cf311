/** Two devices over real bcrypt: a dearer cost signs nobody out, a changed password or a disabled account everybody. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bcrypt } from '../../src/hashers/index.ts';
import type { SessionStamp } from '../../src/index.ts';
import { type Door, door } from '../support/door.ts';
import { movableClock } from '../support/movable-clock.ts';
import { recordingState } from '../support/recording-state.ts';
import { userTable } from '../support/user-table.ts';
import { type WatchedHasher, watchedHasher } from '../support/watched-hasher.ts';

const login = { identifier: 'alice@shop.example', password: 'the password of alice' };

/** A browser: it keeps what the server's session keeps, as the JSON that a session store makes of it. */
class Device {
  private kept: string | undefined;

  async signIn({ auth }: Door<WatchedHasher>, password: string = login.password): Promise<void> {
    const result = await auth.login({ ...login, password });
    if (result.status !== 'signed-in') throw new Error(result.status);
    this.keep(await auth.sessions.start(result.user, result.authentication));
  }

  async isIn({ auth }: Door<WatchedHasher>): Promise<boolean> {
    const session = await auth.sessions.resume(this.kept === undefined ? undefined : JSON.parse(this.kept));
    if (session !== null) this.keep(session.stamp);
    return session !== null;
  }

  private keep(stamp: SessionStamp): void {
    this.kept = JSON.stringify(stamp);
  }
}

describe('two devices of one user', () => {
  // The table and the state store outlive every restart, as a database and a Redis do.
  const clock = movableClock();
  const state = recordingState();
  const table = userTable({ key: 'u-1', login: login.identifier, hash: null });
  const [phone, laptop] = [new Device(), new Device()];
  const opened: Door<WatchedHasher>[] = [];
  const restarted = (cost: number): Door<WatchedHasher> => {
    const made = door({ table, state, clock, hasher: watchedHasher(bcrypt({ cost, workers: 1 })) });
    opened.push(made);
    return made;
  };
  const both = async (at: Door<WatchedHasher>) => [await phone.isIn(at), await laptop.isIn(at)];
  const storedHash = () => table.rows[0]?.hash;
  let shop: Door<WatchedHasher>;

  beforeAll(async () => {
    shop = restarted(4);
    for (const row of table.rows) row.hash = await shop.hasher.hash(login.password);
    await phone.signIn(shop);
  });
  afterAll(async () => {
    for (const each of opened) await each.auth.close();
  });

  it('keeps the first signed in when a restart with a dearer cost rehashes for the second', async () => {
    expect(storedHash()).toMatch(/^\$2b\$04\$/);
    shop = restarted(5);
    clock.advance(60);
    await laptop.signIn(shop);
    expect(storedHash()).toMatch(/^\$2b\$05\$/);
    expect(await both(shop)).toEqual([true, true]);
  });

  it('keeps both signed in when it happens again, and after another restart', async () => {
    shop = restarted(6);
    await new Device().signIn(shop);
    expect(storedHash()).toMatch(/^\$2b\$06\$/);
    clock.advance(60);
    expect(await both(shop)).toEqual([true, true]);
    shop = restarted(6);
    expect(await both(shop)).toEqual([true, true]);
  });

  it('signs both out when the password is changed behind ostiary', async () => {
    const changed = { expected: storedHash() ?? null, next: await shop.hasher.hash('a new password') };
    expect(await table.updatePasswordHash('u-1', { ...changed, reason: 'rehash' })).toBe(true);
    expect(await both(shop)).toEqual([false, false]);
    await expect(phone.signIn(shop)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
  });

  it('takes the new password on both, and leaves the old sessions out', async () => {
    const [old] = [Object.assign(new Device(), phone)];
    await phone.signIn(shop, 'a new password');
    await laptop.signIn(shop, 'a new password');
    expect(await both(shop)).toEqual([true, true]);
    expect(await old.isIn(shop)).toBe(false);
  });

  it('leaves both out when the account is disabled and enabled again', async () => {
    for (const status of ['disabled', 'active'] as const) {
      const [user] = table.rows;
      if (user === undefined) throw new Error('no row');
      await shop.auth.accounts.setStatus({ user: { ...user }, status });
      expect(await both(shop)).toEqual([false, false]);
    }
    expect(table.rows[0]?.state).toBe('active');
    await phone.signIn(shop, 'a new password');
    expect(await both(shop)).toEqual([true, false]);
  });

  it('signs out the one that has been idle, and not the other', async () => {
    await laptop.signIn(shop, 'a new password');
    clock.advance(1000);
    expect(await phone.isIn(shop)).toBe(true);
    clock.advance(1000);
    expect(await both(shop)).toEqual([true, false]);
  });
});
