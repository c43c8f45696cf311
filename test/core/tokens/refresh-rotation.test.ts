import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { rightPassword } from '../../support/door.ts';
import { heldState } from '../../support/held-state.ts';
import { recordingState } from '../../support/recording-state.ts';
import { loginOf, processOf, refreshDoor, refreshed, useOf } from '../../support/refresh-door.ts';

const day = 86_400;

describe('a rotation', () => {
  it('asks the family, the mark and the row, and writes once', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    made.state.calls.length = made.table.calls.length = 0;
    await refreshed(made, refreshToken);
    expect(made.state.calls).toEqual(['get refresh', 'get revocation', 'compareAndSet refresh']);
    expect(made.table.calls).toEqual(['findById']);
  });

  it('writes nothing for a repeat within the grace time', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    await refreshed(made, refreshToken);
    const before = made.records.text();
    made.state.calls.length = 0;
    await refreshed(made, refreshToken);
    expect(made.state.calls).toEqual(['get refresh', 'get revocation']);
    expect(made.records.text()).toBe(before);
  });

  it('asks nobody about what has not the form of a refresh token', async () => {
    const made = refreshDoor();
    const { accessToken, refreshToken } = await loginOf(made);
    made.state.calls.length = made.table.calls.length = 0;
    for (const text of ['', accessToken, ` ${refreshToken}`, `${refreshToken}\n`]) {
      expect((await useOf(made, text)).code).toBe('ERR_TOKEN_INVALID');
    }
    expect([...made.state.calls, ...made.table.calls]).toEqual([]);
  });

  it('asks nobody but the store about a family that is not there', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    made.records.records.clear();
    made.state.calls.length = made.table.calls.length = 0;
    expect((await useOf(made, refreshToken)).code).toBe('ERR_TOKEN_INVALID');
    expect(made.state.calls).toEqual(['get refresh']);
    expect(made.table.calls).toEqual([]);
    expect(made.records.records.size).toBe(0);
  });

  it('is of the second in which it was asked for, however long the store takes', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    const state = heldState(made.records);
    const slow = processOf(made, { state });
    made.clock.advance(60);
    const asked = Number(made.clock.now()) / 1000;
    const held = state.hold('get');
    const refreshing = refreshed(slow, refreshToken);
    await held.arrived;
    made.clock.advance(100);
    held.release();
    const claims = decodeJwt((await refreshing).accessToken);
    expect([claims.iat, claims.exp]).toEqual([asked, asked + 300]);
  });

  it('carries the credential of the row that it looked at, not of one that came after', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    const state = heldState(made.records);
    const held = state.hold('compareAndSet');
    const refreshing = refreshed(processOf(made, { state }), refreshToken);
    await held.arrived;
    Object.assign(made.table.rows[0] ?? {}, { hash: 'plain:1:changed behind our back' });
    held.release();
    const next = await refreshing;
    expect((await useOf(made, next.refreshToken)).code).toBe('ERR_TOKEN_REVOKED');
  });

  it('follows a hash that a login has made anew', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    const { recognises, hash, verify } = made.hasher;
    const dearer = { id: 'dearer', recognises, hash, verify, needsRehash: () => true };
    dearer.hash = async (password) => `plain:2:${password}`;
    const other = processOf(made, { hasher: dearer as never });
    await other.auth.login({ identifier: 'alice@shop.example', password: rightPassword });
    expect(made.table.rows[0]?.hash).toMatch(/^plain:2:/);
    const next = await refreshed(made, refreshToken);
    expect((await useOf(made, next.refreshToken)).code).toBe('refreshed');
  });

  it('gives up when the store never lets it write, and nobody has got anything', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    const before = made.records.text();
    const state = { ...recordingState(made.records), compareAndSet: async () => false };
    const refusal = processOf(made, { state }).auth.tokens.refresh(refreshToken);
    await expect(refusal).rejects.toMatchObject({
      ...{ name: 'RetryError', code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 },
    });
    expect(made.records.text()).toBe(before);
    expect((await useOf(made, refreshToken)).code).toBe('refreshed');
  });
});

describe('what is kept of a login', () => {
  const lifeOf = ({ records, clock }: ReturnType<typeof refreshDoor>): number => {
    const [key] = records.only('refresh');
    return ((records.records.get(key)?.ends ?? 0) - Number(clock.now())) / 1000;
  };

  it('lives as long as its last token, and a minute, from each rotation on', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    expect(lifeOf(made)).toBe(14 * day + 60);
    made.clock.advance(day);
    await refreshed(made, refreshToken);
    expect(lifeOf(made)).toBe(14 * day + 60);
  });

  it('does not outlive the end of the login by more than the minute', async () => {
    const made = refreshDoor({ refresh: { idle: 10 * day, absolute: 12 * day } });
    const { refreshToken } = await loginOf(made);
    expect(lifeOf(made)).toBe(10 * day + 60);
    made.clock.advance(9 * day);
    await refreshed(made, refreshToken);
    expect(lifeOf(made)).toBe(3 * day + 60);
  });
});
