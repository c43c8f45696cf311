import { describe, expect, it, vi } from 'vitest';
import { revokeByRequest } from '../../src/http/revocation.ts';
import { AuthError } from '../../src/index.ts';
import { aliceRow, type Door, door } from '../support/door.ts';
import { verdictOn } from '../support/token-verdict.ts';

const pairOf = async ({ auth }: Door) => {
  const { accessToken, refreshToken = '' } = await auth.tokens.issue(aliceRow(), { refresh: true });
  return { accessToken, refreshToken };
};
const ended = async ({ auth }: Door, { accessToken, refreshToken }: Awaited<ReturnType<typeof pairOf>>) => [
  await verdictOn(auth, accessToken),
  await auth.tokens.refresh(refreshToken).then(
    () => 'refreshed',
    (error) => error.code,
  ),
];

describe('a revocation request', () => {
  it.each([
    ['accessToken', {}],
    ['refreshToken', {}],
    ['accessToken', { token_type_hint: 'refresh_token' }],
    ['refreshToken', { token_type_hint: 'access_token' }],
    ['refreshToken', { token_type_hint: ['no', 'kind'], client_id: 'web' }],
  ] as const)('with an %s and %j ends the login', async (which, more) => {
    const made = door();
    const [pair, other] = [await pairOf(made), await pairOf(made)];
    expect(await revokeByRequest(made.auth.tokens, { token: pair[which], ...more })).toBeUndefined();
    expect(await ended(made, pair)).toEqual(['ERR_TOKEN_REVOKED', expect.stringMatching(/^ERR_TOKEN_/)]);
    expect(await ended(made, other)).toEqual(['accepted', 'refreshed']);
  });

  it('is answered alike when there is nothing to end, and writes nothing', async () => {
    const made = door();
    const pair = await pairOf(made);
    await made.auth.tokens.revoke(pair.accessToken);
    made.state.calls.length = 0;
    const forged = pair.refreshToken.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    for (const token of ['x', 'a.b.c', forged, pair.accessToken, pair.accessToken.slice(0, -1), '\u0000']) {
      expect(await revokeByRequest(made.auth.tokens, { token })).toBeUndefined();
    }
    expect(made.state.calls.filter((call) => !call.startsWith('get '))).toEqual([]);
  });

  it.each([
    [undefined, 'is missing'],
    [null, 'is missing'],
    ['token=a', 'is missing'],
    [[], 'is missing'],
    [{}, 'is missing'],
    [{ token: '' }, 'is missing'],
    [{ token: undefined }, 'is missing'],
    [Object.create({ token: 'inherited' }), 'is missing'],
    [{ token: null }, 'must be a text, got null'],
    [{ token: ['a', 'b'] }, 'must be a text, got an array'],
    [{ token: { $ne: '' } }, 'must be a text, got an object'],
    [{ token: 7 }, 'must be a text, got the number 7'],
  ])('without exactly one token is refused: %j', async (body, problem) => {
    // A service of the host's, which may take anything for a token.
    const revoke = vi.fn();
    await expect(revokeByRequest({ revoke }, body)).rejects.toMatchObject({
      ...{ code: 'ERR_INPUT_INVALID', fields: { token: problem } },
    });
    expect(revoke).not.toHaveBeenCalled();
  });

  it('says so when nothing could be ended: the client should ask again', async () => {
    const made = door();
    const pair = await pairOf(made);
    made.state.failing.add('get');
    for (const token of [pair.accessToken, pair.refreshToken]) {
      const error: unknown = await revokeByRequest(made.auth.tokens, { token }).catch((caught) => caught);
      expect(AuthError.is(error, 'ERR_STATE_UNAVAILABLE')).toBe(true);
      expect(error).toMatchObject({ retryAfterSeconds: expect.any(Number) });
    }
    made.state.failing.clear();
    expect(await ended(made, pair)).toEqual(['accepted', 'refreshed']);
  });
});
