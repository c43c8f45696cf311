/** Replacing the secret signs nobody out who is in, and lets nobody in who was put out. */

import { describe, expect, it } from 'vitest';
import type { SessionStamp } from '../../src/index.ts';
import { aliceRow, type Door, door } from '../support/door.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';
import { type UserTable, userTable } from '../support/user-table.ts';

const secretC = 'mN5xJ8cV1bG4tR7qL0pZ3wS6yD9kFhTa-C';

/** What one deployment has handed out. */
interface HandedOut {
  readonly tokens: readonly string[];
  readonly stamps: readonly SessionStamp[];
}

/** A table whose only revocation is the mark, and a state, on which one deployment follows another. */
function deployments(): (secret: string | readonly string[]) => Door {
  const { bumpEpoch: _missing, ...table } = userTable(aliceRow(), { key: 2, login: 'bob', hash: null });
  const { state, clock } = door();
  return (secret) => door({ secret, state, clock, table: table as UserTable });
}

async function handOut({ auth }: Door, many = 10, key = 1): Promise<HandedOut> {
  const numbers = Array.from({ length: many });
  const row = key === 1 ? aliceRow() : { key, login: 'bob', hash: null };
  return {
    tokens: await Promise.all(numbers.map(async () => (await auth.tokens.issue(row)).accessToken)),
    stamps: await Promise.all(numbers.map(() => auth.sessions.start(row))),
  };
}

async function end({ auth }: Door, { tokens, stamps }: HandedOut): Promise<void> {
  for (const token of tokens) await auth.tokens.revoke(token);
  for (const { id } of stamps) await auth.sessions.end({ userId: 1, sessionId: id });
}

/** How many tokens and sessions are alive, of how many. */
async function alive({ auth }: Door, { tokens, stamps }: HandedOut): Promise<readonly [number, number]> {
  const verdicts = await Promise.all(tokens.map((token) => verdictOn(auth, token)));
  const sessions = await Promise.all(stamps.map((stamp) => auth.sessions.resume(stamp)));
  return [tally(verdicts).accepted ?? 0, sessions.filter((session) => session !== null).length];
}

describe('with the new secret in front of the old one', () => {
  it('everything alive lives, and everything ended stays so', async () => {
    const deploy = deployments();
    const old = deploy(secretA);
    const [ended, living, bobs] = [await handOut(old), await handOut(old), await handOut(old, 10, 2)];
    await end(old, ended);
    const both = deploy([secretB, secretA]);
    expect(await alive(both, ended)).toEqual([0, 0]);
    expect(await alive(both, living)).toEqual([10, 10]);
    await both.auth.tokens.revokeAll(1);
    expect(await alive(both, living)).toEqual([0, 0]);
    expect(await alive(both, bobs)).toEqual([10, 10]);
    expect(await alive(both, await handOut(both))).toEqual([10, 10]);
  });

  it('what a machine that has only the old one ends is ended on the others, and the other way round', async () => {
    const deploy = deployments();
    const [old, both] = [deploy(secretA), deploy([secretB, secretA])];
    const [one, other] = [await handOut(old), await handOut(old)];
    await end(old, one);
    await end(both, other);
    for (const machine of [old, both]) {
      expect(await alive(machine, one)).toEqual([0, 0]);
      expect(await alive(machine, other)).toEqual([0, 0]);
    }
  });
});

describe('without the old secret', () => {
  it('everything of it is refused', async () => {
    const deploy = deployments();
    const old = deploy(secretA);
    const handedOut = await handOut(old);
    const fresh = deploy(secretB);
    expect(await alive(fresh, handedOut)).toEqual([0, 0]);
    const [token = ''] = handedOut.tokens;
    expect(await verdictOn(fresh.auth, token)).toBe('ERR_TOKEN_INVALID');
    fresh.state.calls.length = 0;
    await fresh.auth.tokens.revoke(token);
    expect(fresh.state.calls).toEqual([]);
    expect(await alive(old, handedOut)).toEqual([10, 10]);
  });

  it('and with it again, what was ended before, meanwhile and afterwards stays ended', async () => {
    const deploy = deployments();
    const first = deploy(secretA);
    const [before, meanwhile, living] = [await handOut(first), await handOut(first), await handOut(first)];
    await end(first, before);
    const second = deploy([secretB, secretA]);
    await end(second, meanwhile);
    expect(await alive(deploy(secretB), living)).toEqual([0, 0]);
    for (const secret of [secretA, [secretA, secretB], [secretB, secretA], [secretC, secretB, secretA]]) {
      const again = deploy(secret);
      expect(await alive(again, before)).toEqual([0, 0]);
      expect(await alive(again, meanwhile)).toEqual([0, 0]);
      expect(await alive(again, living)).toEqual([10, 10]);
    }
    await deploy(secretB).auth.tokens.revokeAll(1);
    expect(await alive(deploy(secretA), living)).toEqual([0, 0]);
  });
});

describe('a secret', () => {
  it('that is no longer listed cannot be named back by a token', async () => {
    const deploy = deployments();
    const { tokens } = await handOut(deploy(secretA), 1);
    const { tokens: fresh } = await handOut(deploy(secretB), 1);
    const [header, payload, signature] = [fresh, tokens, tokens].map(
      ([token = ''], n) => token.split('.')[n],
    );
    const mixed = `${header}.${payload}.${signature}`;
    expect(await verdictOn(deploy(secretB).auth, mixed)).toBe('ERR_TOKEN_INVALID');
    expect(await verdictOn(deploy([secretB, secretA]).auth, mixed)).toBe('ERR_TOKEN_INVALID');
  });

  it('moved to keys of the host’s own and back signs nobody out', async () => {
    const { table, state, clock } = door();
    const keys = [{ kid: 'k1', algorithm: 'ES256', key: keysFor('ES256').privateKey }] as const;
    const verifying = [{ ...keys[0], use: 'verify' }] as const;
    const start = door({ table, state, clock });
    const own = door({ table, state, clock, tokens: { keys } });
    const back = door({ table, state, clock, tokens: { keys: verifying } });
    const [first, second] = [await handOut(start), await handOut(own)];
    expect(await alive(own, first)).toEqual([10, 10]);
    expect(await alive(back, second)).toEqual([10, 10]);
    await end(back, second);
    expect(await alive(own, second)).toEqual([0, 0]);
  });
});
