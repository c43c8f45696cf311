/** Keys replaced one after the other while everything is in use: no valid token is refused, no retired key lets in. */

import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { createJwtVerifier, type KeyRingEntry, remoteJwks } from '../../src/jwt/index.ts';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import { issuer, secretA, secretB } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { setOf } from '../support/published-set.ts';
import { audience } from '../support/raw-jws.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { verdictOn } from '../support/token-verdict.ts';

const operations = 2000;
const secondsEach = 20;
const idle = 3600;
const families = 12;
/** How long others may keep our set, and how long a verifier of theirs takes it for the one that is published. */
const [setAge, verifierAge] = [300, 600];

type KeyName = 'secret A' | 'secret B' | 'first' | 'second';

/** What is deployed: the key that signs, and all that verify. */
interface Deployment {
  readonly secret: readonly string[];
  readonly keys?: readonly KeyRingEntry[];
  readonly signer: KeyName;
  readonly verifying: readonly KeyName[];
}

interface Machine extends Deployment {
  readonly auth: Door['auth'];
}

interface Given {
  readonly text: string;
  readonly signer: KeyName;
  readonly end: number;
}

/** What must not be: each with the step at which it was. */
interface Wrongs {
  readonly validRefused: string[];
  readonly retiredAccepted: string[];
  readonly refreshRefused: string[];
}

const first: KeyRingEntry = { kid: 'first', algorithm: 'ES256', key: keysFor('ES256').privateKey };
const second: KeyRingEntry = { kid: 'second', algorithm: 'ES256', key: keysFor('ES256', 'other').privateKey };
const verifyOnly = (entry: KeyRingEntry): KeyRingEntry => ({ ...entry, use: 'verify' });

const onlySecret: Deployment = { secret: [secretA], signer: 'secret A', verifying: ['secret A'] };
const firstAdded: Deployment = {
  ...{ secret: [secretA], keys: [verifyOnly(first)], signer: 'secret A', verifying: ['first', 'secret A'] },
};
const firstSigns: Deployment = { ...firstAdded, keys: [first], signer: 'first' };
const secretAdded: Deployment = {
  ...{ ...firstSigns, secret: [secretA, secretB], verifying: ['first', 'secret A', 'secret B'] },
};
const secretReplaced: Deployment = { ...secretAdded, secret: [secretB, secretA] };
const oldSecretGone: Deployment = {
  ...{ ...firstSigns, secret: [secretB], verifying: ['first', 'secret B'] },
};
const secondAdded: Deployment = {
  ...{ ...oldSecretGone, keys: [first, verifyOnly(second)], verifying: ['first', 'second', 'secret B'] },
};
const secondSigns: Deployment = { ...secondAdded, keys: [second, verifyOnly(first)], signer: 'second' };
const firstGone: Deployment = {
  ...{ ...secondSigns, keys: [second], verifying: ['second', 'secret B'] },
};

const careful = [
  ...[onlySecret, firstAdded, firstSigns, secretAdded, secretReplaced, oldSecretGone],
  ...[secondAdded, secondSigns, firstGone],
];

/** A third of each step is its roll-out, while the machines of before still answer. */
async function rotate(steps: readonly Deployment[], seed = 6): Promise<Wrongs & { readonly done: number }> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const start = door();
  const { clock } = start;
  const now = (): number => clock.now().getTime() / 1000;
  const machines = steps.map((step): Machine => {
    const tokens = { ...(step.keys && { keys: step.keys }), refresh: { idle, absolute: '30d' } } as const;
    return { ...step, auth: anotherDoor(start, { secret: step.secret, audience, tokens }).auth };
  });
  let running: readonly Machine[] = machines.slice(0, 1);
  const outside = outsider(clock, () => pick(running));
  const given: Given[] = [];
  const refreshTokens: string[] = [];
  const wrongs = {
    validRefused: [] as string[],
    retiredAccepted: [] as string[],
    refreshRefused: [] as string[],
  };
  const keep = (text: string, { signer }: Machine): void =>
    void given.push({ text, signer, end: now() + 300 });
  let refreshed = 0;
  /** When no machine had the first key any more. */
  let goneAt: number | undefined;

  const operation: Readonly<Record<string, (at: string) => Promise<void>>> = {
    issue: async () => {
      const machine = pick(running);
      const refresh = refreshTokens.length < families;
      const pair = await machine.auth.tokens.issue(aliceRow(), { refresh });
      keep(pair.accessToken, machine);
      if (pair.refreshToken !== undefined) refreshTokens.push(pair.refreshToken);
    },
    verify: async (at) => {
      const valid = given.filter(({ end }) => end > now());
      if (valid.length === 0) return;
      const { text, signer } = pick(valid);
      const verdict = await verdictOn(pick(running).auth, text);
      if (verdict !== 'accepted') wrongs.validRefused.push(`${at}: ${signer}: ${verdict}`);
      const isPublic = signer === 'first' || signer === 'second';
      const theirs = isPublic ? await outside.verdict(text) : 'accepted';
      if (theirs !== 'accepted') wrongs.validRefused.push(`${at}: ${signer}, outside: ${theirs}`);
    },
    refresh: async (at) => {
      const [machine, family] = [pick(running), refreshed++ % Math.max(1, refreshTokens.length)];
      const token = refreshTokens[family];
      if (token === undefined) return;
      try {
        const pair = await machine.auth.tokens.refresh(token);
        refreshTokens[family] = pair.refreshToken ?? '';
        keep(pair.accessToken, machine);
      } catch (error) {
        wrongs.refreshRefused.push(`${at}: ${Reflect.get(error as object, 'code')}`);
      }
    },
    /** Somebody who has what was deployed once, and goes on signing with it. */
    forge: async (at) => {
      const [thief, machine] = [pick(machines), pick(running)];
      const { accessToken } = await thief.auth.tokens.issue(aliceRow());
      const retired = !machine.verifying.includes(thief.signer);
      if (retired && (await verdictOn(machine.auth, accessToken)) !== 'ERR_TOKEN_INVALID')
        wrongs.retiredAccepted.push(`${at}: ${thief.signer}`);
      const longRetired = thief.signer === 'first' && now() - (goneAt ?? now()) >= setAge + verifierAge;
      if (longRetired && (await outside.verdict(accessToken)) === 'accepted')
        wrongs.retiredAccepted.push(`${at}: ${thief.signer}, outside`);
    },
  };
  const each = Math.ceil(operations / machines.length);
  let done = 0;
  for (const [step, machine] of machines.entries()) {
    for (let turn = 0; turn < each && done < operations; turn += 1) {
      const rollingOut = step > 0 && turn < each / 3;
      running = rollingOut ? machines.slice(step - 1, step + 1) : [machine];
      const hadFirst = machines[step - 1]?.verifying.includes('first') === true;
      if (!rollingOut && hadFirst && !machine.verifying.includes('first')) goneAt ??= now();
      await operation[pick(['issue', 'verify', 'verify', 'refresh', 'forge'])]?.(`step ${step}`);
      clock.advance(secondsEach);
      done += 1;
    }
  }
  return { ...wrongs, done };
}

/** A service of others, that knows our published set only, by way of a cache that keeps it as long as it may. */
function outsider(clock: Door['clock'], serving: () => Machine) {
  let kept: { readonly keys: readonly object[]; readonly until: number } | undefined;
  const fetch = async () => {
    const now = clock.now().getTime() / 1000;
    if (kept === undefined || now >= kept.until) {
      kept = { ...(await serving().auth.tokens.jwks()), until: now + setAge };
    }
    return setOf(...kept.keys);
  };
  const keys = remoteJwks('https://shop.example/.well-known/jwks.json', { fetch, clock });
  const tokens = createJwtVerifier({ keys, algorithms: ['ES256'], issuer, audience, typ: 'at+jwt', clock });
  return { verdict: (token: string) => verdictOn({ tokens } as never, token) };
}

describe('from the secret to ES256, to another secret and to another key', () => {
  it.each([6, 7, 8])('signs nobody out and lets nobody in, in 2,000 operations (seed %i)', async (seed) => {
    expect(await rotate(careful, seed)).toEqual({
      ...{ validRefused: [], retiredAccepted: [], refreshRefused: [], done: operations },
    });
  });

  it.each<[string, readonly Deployment[], keyof Wrongs]>([
    ['a key that signs before it verifies everywhere', [onlySecret, firstSigns], 'validRefused'],
    ['a secret that signs before it verifies everywhere', [firstSigns, secretReplaced], 'refreshRefused'],
    ['a key that leaves when the next one signs', [secondAdded, firstGone], 'validRefused'],
    [
      'a secret that leaves when the next one comes',
      [secretAdded, { ...firstSigns, secret: [secretB] }],
      'refreshRefused',
    ],
  ])('would be noticed to go wrong with %s', async (_what, steps, wrong) => {
    expect((await rotate(steps))[wrong]).not.toEqual([]);
  });

  it('would be noticed to let a retired key in, here and outside', async () => {
    const kept = { ...firstGone, keys: [second, verifyOnly(first)] };
    const { retiredAccepted } = await rotate([secondAdded, secondSigns, kept]);
    expect(retiredAccepted.some((at) => at.endsWith(': first'))).toBe(true);
    expect(retiredAccepted.some((at) => at.endsWith(': first, outside'))).toBe(true);
  });
});

describe('a ring of one that gets a second key', () => {
  it.each([
    ['a pair', 'ES256'],
    ['a secret', 'HS256'],
  ] as const)('goes on verifying what %s without a name has signed', async (_what, algorithm) => {
    const key = keysFor(algorithm).privateKey;
    const start = door({ audience, tokens: { keys: [{ algorithm, key }] } });
    const { accessToken } = await start.auth.tokens.issue(aliceRow());
    expect(decodeProtectedHeader(accessToken).kid).toBeTruthy();
    const keys = [second, { kid: 'of-2026', algorithm, key, use: 'verify' }] as const;
    const next = anotherDoor(start, { audience, tokens: { keys } });
    expect(await verdictOn(next.auth, accessToken)).toBe('accepted');
    const gone = anotherDoor(start, { audience, tokens: { keys: [second] } });
    expect(await verdictOn(gone.auth, accessToken)).toBe('ERR_TOKEN_INVALID');
  });
});

describe('a key that is retired and valid (J24)', () => {
  it('verifies the last token it has signed until its last second', async () => {
    const start = door({ audience, tokens: { keys: [first] } });
    const { accessToken } = await start.auth.tokens.issue(aliceRow());
    const retired = anotherDoor(start, { audience, tokens: { keys: [second, verifyOnly(first)] } });
    const machines = [
      retired,
      anotherDoor(start, { audience, tokens: { keys: [second, verifyOnly(first)] } }),
    ];
    const [seenBefore, seenLast] = machines as [Door, Door];
    expect(await verdictOn(seenBefore.auth, accessToken)).toBe('accepted');
    start.clock.advance(299);
    expect(await verdictOn(seenBefore.auth, accessToken)).toBe('accepted');
    expect(await verdictOn(seenLast.auth, accessToken)).toBe('accepted');
    start.clock.advance(1);
    for (const { auth } of machines) expect(await verdictOn(auth, accessToken)).toBe('ERR_TOKEN_EXPIRED');
  });
});
