import { describe, expect, it } from 'vitest';
import type { TokenService, UserId } from '../../../src/index.ts';
import { aliceRow, door } from '../../support/door.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const fault = new Error('disk full');

/** A token service of the host's own that lists whom it ended. */
function otherTokens() {
  const ended: UserId[] = [];
  const missing = async (): Promise<never> => {
    throw new Error('is not asked for here');
  };
  const tokenService: TokenService<Row> = {
    issue: missing,
    verify: missing,
    revoke: missing,
    jwks: async () => ({ keys: [] }),
    refresh: missing,
    revokeAll: async (userId) => {
      ended.push(userId);
    },
  };
  return { ended, tokenService };
}

/** How a method of the host fails; a synchronous database driver throws before there is a promise. */
const failures: readonly (readonly [how: string, failing: () => Promise<void>])[] = [
  ['rejects', () => Promise.reject(fault)],
  [
    'throws',
    () => {
      throw fault;
    },
  ],
];

const acts = ['sessions.endAll', 'tokens.revokeAll'] as const;

describe.each(acts)('%s', (act) => {
  const actOf = ({ auth }: Pick<ReturnType<typeof door>, 'auth'>) =>
    act === 'sessions.endAll' ? auth.sessions.endAll : (id: UserId) => auth.tokens.revokeAll(id);

  it('ends sessions and tokens, raises the counter of the table and tells of both', async () => {
    const made = door();
    const { auth, table, state, events } = made;
    const stamp = await auth.sessions.start(aliceRow());
    const { accessToken } = await auth.tokens.issue(aliceRow());
    table.calls.length = state.calls.length = events.length = 0;
    await actOf(made)(1);
    expect(state.calls).toEqual(['put revocation', 'put address']);
    expect(table.calls).toEqual(['bumpEpoch']);
    expect(table.rows[0]?.counter).toBe(1);
    expect(events).toEqual([
      { name: 'session.ended', userId: 1, at: expect.any(Date) },
      { name: 'token.revoked', userId: 1, at: expect.any(Date) },
    ]);
    expect(await auth.sessions.resume(stamp)).toBeNull();
    await expect(auth.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REVOKED' });
  });

  it('needs no counter', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const made = door({ table: table as UserTable });
    const { accessToken } = await made.auth.tokens.issue(aliceRow());
    await actOf(made)(1);
    await expect(made.auth.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REVOKED' });
  });

  it('ends nobody else, of whatever type the id is', async () => {
    const made = door();
    const others = await Promise.all(
      [2, '1', 1n].map((key) => made.auth.tokens.issue(aliceRow({ key: key as UserId }))),
    );
    await actOf(made)(1);
    for (const { accessToken } of others) await made.auth.tokens.verify(accessToken);
    expect(others).toHaveLength(3);
  });

  it.each([[undefined], [null], [''], [1.5], [Number.NaN], [2 ** 53], [{}], [[1]], [true]])(
    'refuses the id %j and does nothing',
    async (id) => {
      const made = door();
      await expect(actOf(made)(id as UserId)).rejects.toMatchObject({
        code: 'ERR_INPUT_INVALID',
        fields: { userId: expect.any(String) },
      });
      expect([...made.state.calls, ...made.table.calls, ...made.events]).toEqual([]);
    },
  );

  it.each(failures)('ends all that it can when bumpEpoch %s, and says so', async (_how, bumpEpoch) => {
    const made = door({ table: { ...userTable(aliceRow()), bumpEpoch } });
    const { accessToken } = await made.auth.tokens.issue(aliceRow());
    made.events.length = 0;
    await expect(actOf(made)(1)).rejects.toBe(fault);
    await expect(made.auth.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REVOKED' });
    expect(made.events).toEqual([]);
  });

  it('raises the counter also when the state store is down, and says that it is', async () => {
    const made = door();
    made.state.failing.add('put');
    await expect(actOf(made)(1)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    expect(made.table.rows[0]?.counter).toBe(1);
    expect(made.events).toEqual([]);
  });
});

describe('with a token service of the host’s own', () => {
  it('ends its tokens too, and once more after an account was disabled', async () => {
    const { ended, tokenService } = otherTokens();
    const { auth } = door({ tokenService });
    const stamp = await auth.sessions.start(aliceRow());
    await auth.sessions.endAll(1);
    expect(ended).toEqual([1]);
    expect(await auth.sessions.resume(stamp)).toBeNull();
    await auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
    expect(ended).toEqual([1, 1, 1]);
  });

  it.each(failures)('ends the sessions also when its revokeAll %s, and says so', async (_how, revokeAll) => {
    const { auth } = door({ tokenService: { ...otherTokens().tokenService, revokeAll } });
    const stamp = await auth.sessions.start(aliceRow());
    await expect(auth.sessions.endAll(1)).rejects.toBe(fault);
    expect(await auth.sessions.resume(stamp)).toBeNull();
  });

  it.each(failures)(
    'ends its tokens also when bumpEpoch %s and the state store is down',
    async (_how, bumpEpoch) => {
      const { ended, tokenService } = otherTokens();
      const { auth, state } = door({ tokenService, table: { ...userTable(aliceRow()), bumpEpoch } });
      state.failing.add('put');
      await expect(auth.sessions.endAll(1)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
      expect(ended).toEqual([1]);
    },
  );
});
