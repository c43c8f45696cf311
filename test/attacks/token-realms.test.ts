/** Two kinds of users in one process: what one is given opens nothing of the other's. */

import { describe, expect, it } from 'vitest';
import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';
import { aliceRow, type Door, type DoorParts, door } from '../support/door.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';

const realms = [undefined, 'shop', 'staff', 'Staff', 'staff2', 'shop.staff', 'shop-staff'] as const;
const own = (algorithm: JwtAlgorithm) => ({
  keys: [{ kid: 'shared', algorithm, key: keysFor(algorithm).privateKey }],
});

/** What the two kinds of users share beside the issuer, the secret, the table and the state. */
const shared: readonly (readonly [what: string, parts: DoorParts<Door['hasher']>])[] = [
  ['nothing more', {}],
  ['the audience', { audience: 'https://api.shop.example' }],
  ['a key', { tokens: own('ES256') }],
  ['the audience and a secret key', { audience: 'https://api.shop.example', tokens: own('HS256') }],
  [
    'the audience, the client and a key',
    { audience: 'https://api.shop.example', tokens: { ...own('ES256'), clientId: 'web' } },
  ],
];

function doors(parts: DoorParts<Door['hasher']>): readonly Door[] {
  const { table, state, clock } = door();
  return realms.map((realm) =>
    door({ ...parts, table, state, clock, ...(realm === undefined ? {} : { realm }) }),
  );
}

const tokenOf = async ({ auth }: Door): Promise<string> => (await auth.tokens.issue(aliceRow())).accessToken;

describe.each(shared)('realms that share %s', (_what, parts) => {
  it('take no token of one another, each of its own', async () => {
    const all = doors(parts);
    const tokens = await Promise.all(all.map(tokenOf));
    for (const [at, { auth }] of all.entries()) {
      for (const [from, token] of tokens.entries()) {
        for (const options of [{}, { ifStateUnavailable: 'accept' }] as const) {
          expect(await verdictOn(auth, token, options)).toBe(at === from ? 'accepted' : 'ERR_TOKEN_INVALID');
        }
      }
    }
  });

  it('take no session of one another', async () => {
    const all = doors(parts);
    const stamps = await Promise.all(all.map(({ auth }) => auth.sessions.start(aliceRow())));
    for (const [at, { auth }] of all.entries()) {
      for (const [from, stamp] of stamps.entries()) {
        const relabelled = { ...stamp, realm: auth.realm };
        expect((await auth.sessions.resume(stamp)) !== null).toBe(at === from);
        expect((await auth.sessions.resume(relabelled)) !== null).toBe(at === from);
      }
    }
  });

  it('revoke no token of one another, and write nothing', async () => {
    const all = doors(parts);
    const [first, ...others] = all as [Door, ...Door[]];
    const token = await tokenOf(first);
    first.state.calls.length = 0;
    for (const { auth, events } of others) {
      await auth.tokens.revoke(token);
      expect(events).toEqual([]);
    }
    expect(first.state.calls).toEqual([]);
    expect(await verdictOn(first.auth, token)).toBe('accepted');
  });

  it('sign nobody out of one another', async () => {
    const all = doors(parts);
    const tokens = await Promise.all(all.map(tokenOf));
    for (const [ended, { auth }] of all.entries()) {
      await auth.tokens.revokeAll(1);
      const verdicts = await Promise.all(all.map((each, n) => verdictOn(each.auth, tokens[n] ?? '')));
      expect(tally(verdicts)).toEqual({
        ERR_TOKEN_REVOKED: ended + 1,
        ...(ended + 1 === all.length ? {} : { accepted: all.length - ended - 1 }),
      });
    }
  });
});

describe('a realm', () => {
  it('cannot be claimed by the host’s own claims', async () => {
    const { auth } = door({ realm: 'shop', audience: 'api', tokens: own('ES256') });
    await expect(auth.tokens.issue(aliceRow(), { claims: { realm: 'staff' } })).rejects.toMatchObject({
      option: 'tokens.issue.claims.realm',
    });
  });
});
