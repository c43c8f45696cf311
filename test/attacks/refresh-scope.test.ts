/** A refresh gives no more than the login was granted, and no more than the host grants now. */

import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { AuthError, InputError } from '../../src/index.ts';
import { loginOf, refreshDoor, refreshed, useOf } from '../support/refresh-door.ts';

const scopeOf = ({ accessToken }: { readonly accessToken: string }): unknown =>
  decodeJwt(accessToken)['scope'];

describe('a narrower scope', () => {
  it('is for one access token only: the login keeps its own', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made, { scope: 'read write delete' });
    const narrow = await refreshed(made, refreshToken, { scope: 'write' });
    expect([narrow.scope, scopeOf(narrow)]).toEqual(['write', 'write']);
    const wide = await refreshed(made, narrow.refreshToken);
    expect([wide.scope, scopeOf(wide)]).toEqual(['read write delete', 'read write delete']);
    const again = await refreshed(made, wide.refreshToken, { scope: 'delete read' });
    expect(scopeOf(again)).toBe('delete read');
  });

  it('may differ between a use and its repeat, which are one line all the same', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made, { scope: 'read write' });
    const one = await refreshed(made, refreshToken, { scope: 'read' });
    const other = await refreshed(made, refreshToken, { scope: 'write' });
    expect([scopeOf(one), scopeOf(other)]).toEqual(['read', 'write']);
    expect(other.refreshToken).toBe(one.refreshToken);
  });
});

describe('a wider scope', () => {
  it.each(['admin', 'read admin', 'read write admin', 'READ', 'read:all'])(
    'such as %j is refused, and nothing is lost',
    async (scope) => {
      const made = refreshDoor();
      const { refreshToken } = await loginOf(made, { scope: 'read write' });
      const before = made.records.text();
      made.events.length = 0;
      const refusal = await made.auth.tokens
        .refresh(refreshToken, { scope })
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(InputError);
      expect(refusal).toMatchObject({
        ...{ code: 'ERR_INPUT_INVALID', fields: { scope: expect.stringContaining('more') } },
      });
      expect([made.records.text(), made.events]).toEqual([before, []]);
      expect(scopeOf(await refreshed(made, refreshToken))).toBe('read write');
    },
  );

  it('is not had by a repeat either, nor by a login that was granted none', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made, { scope: 'read' });
    await refreshed(made, refreshToken);
    expect((await useOf(made, refreshToken, { scope: 'write' })).code).toBe('ERR_INPUT_INVALID');
    const none = await loginOf(made);
    expect((await useOf(made, none.refreshToken, { scope: 'read' })).code).toBe('ERR_INPUT_INVALID');
    expect(await refreshed(made, none.refreshToken)).not.toHaveProperty('scope');
  });

  it('is refused before anything is told of a token that is dead, forged or spent', async () => {
    const made = refreshDoor({ grace: 0 });
    const { refreshToken } = await loginOf(made, { scope: 'read' });
    await refreshed(made, refreshToken);
    const forged = `${refreshToken.slice(0, -1)}${refreshToken.endsWith('A') ? 'B' : 'A'}`;
    expect((await useOf(made, forged, { scope: 'admin' })).code).toBe('ERR_TOKEN_INVALID');
    expect((await useOf(made, refreshToken, { scope: 'admin' })).code).toBe('ERR_TOKEN_REUSED');
  });

  it('that is no scope at all is refused, and nothing is asked', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made, { scope: 'read' });
    made.state.calls.length = 0;
    for (const scope of [7, ['read'], {}, 'read  write', ' read', 'a"b', 'x'.repeat(1025)]) {
      expect((await useOf(made, refreshToken, { scope } as never)).code).toBe('ERR_INPUT_INVALID');
    }
    expect(made.state.calls).toEqual([]);
    expect((await useOf(made, refreshToken, { scope: '' })).code).toBe('refreshed');
  });
});

describe('what the host grants', () => {
  it('is asked at each refresh, of the row as it is now', async () => {
    const asked: unknown[] = [];
    const scopes = (user: { roles?: string[] }, requested: readonly string[]) => {
      asked.push([user.roles ?? null, requested]);
      return requested.filter((scope) => scope === 'read' || user.roles?.includes('admin'));
    };
    const made = refreshDoor({ tokens: { scopes } });
    Object.assign(made.table.rows[0] ?? {}, { roles: ['admin'] });
    let pair = await loginOf(made, { scope: 'read delete' });
    expect(scopeOf(pair)).toBe('read delete');
    Object.assign(made.table.rows[0] ?? {}, { roles: [] });
    pair = await refreshed(made, pair.refreshToken);
    expect(scopeOf(pair)).toBe('read');
    // Given back: the login had it.
    Object.assign(made.table.rows[0] ?? {}, { roles: ['admin'] });
    pair = await refreshed(made, pair.refreshToken);
    expect(scopeOf(pair)).toBe('read delete');
    const wanted = ['read', 'delete'];
    expect(asked).toEqual([
      [['admin'], wanted],
      [[], wanted],
      [['admin'], wanted],
    ]);
  });

  it('counts for no more than the login was granted, even where the host says more now', async () => {
    let granted = ['read'];
    const made = refreshDoor({ tokens: { scopes: () => granted } });
    const { refreshToken } = await loginOf(made);
    granted = ['read', 'admin'];
    const next = await refreshed(made, refreshToken);
    expect(scopeOf(next)).toBe('read');
    expect((await useOf(made, next.refreshToken, { scope: 'admin' })).code).toBe('ERR_INPUT_INVALID');
  });

  it.each<readonly [string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('the database of scopes is down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database of scopes is down')) as never],
    ['says what no scopes are', () => 'read' as never],
  ])('costs nothing when the host %s', async (_what, fault) => {
    let broken = false;
    const scopes = (_user: unknown, asked: readonly string[]) => (broken ? fault() : asked);
    const made = refreshDoor({ tokens: { scopes } });
    const { refreshToken } = await loginOf(made, { scope: 'read' });
    const before = made.records.text();
    made.events.length = 0;
    broken = true;
    const refusal = await made.auth.tokens.refresh(refreshToken).catch((error: unknown) => error);
    expect(AuthError.is(refusal) ? refusal.code : refusal).not.toBe('ERR_TOKEN_REVOKED');
    expect([made.records.text(), made.events]).toEqual([before, []]);
    broken = false;
    expect(scopeOf(await refreshed(made, refreshToken))).toBe('read');
  });
});
