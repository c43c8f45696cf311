/** What does it take to verify a token: one that was seen before, and a new one? */

import { startContender } from '../contender.mjs';
import { seededRandom, shuffled, spread } from '../statistics.mjs';
import { createTokenAuth } from '../tokens/auth.mjs';
import { makeBadTokens } from '../tokens/bad-tokens.mjs';
import { audience, issuer, tokensAtOnce, typ } from '../tokens/figures.mjs';
import { makeKeys } from '../tokens/keys.mjs';

export const peers = ['jose', 'fast-jwt', 'jsonwebtoken'];
export const ostiaryBrings = ['jose'];
const algorithms = ['HS256', 'ES256'];
/** fast-jwt's cache holds as many tokens as ostiary's. */
const cache = 10_000;
/**
 * Each in a process of its own, and they take turns: in one process the code that several of them call (Promise,
 * Buffer, node:crypto, the loop around it all) would be compiled for a mixture of them, to the harm of whoever comes
 * last. `runs` is the file.
 */
const entries = [
  { name: 'ostiary, seen', runs: 'ostiary', seen: true },
  { name: 'ostiary, seen, maxStaleness 1s', runs: 'ostiary', seen: true, settings: { maxStaleness: '1s' } },
  { name: 'fast-jwt, cache', runs: 'fast-jwt', seen: true, settings: { cache } },
  {
    name: 'fast-jwt, cache by the whole token',
    runs: 'fast-jwt',
    seen: true,
    settings: { cache, keyedByToken: true },
  },
  { name: 'ostiary, new', runs: 'ostiary' },
  { name: 'jose', runs: 'jose' },
  { name: 'fast-jwt, no cache', runs: 'fast-jwt' },
  { name: 'jsonwebtoken, key as text', runs: 'jsonwebtoken' },
  { name: 'jsonwebtoken, KeyObject', runs: 'jsonwebtoken', settings: { keyObject: true } },
];
/** How often the tokens come in one round, where they were seen before. New ones come once. */
const passesOfSeen = 50;
/** Rounds that do not count: compilers and caches warm up. */
const warmUps = 5;

export async function run({ seed, rounds, say }) {
  const random = seededRandom(seed);
  const figures = {};
  for (const algorithm of algorithms) {
    say(`${rounds} rounds of ${algorithm} for each of ${entries.length} contenders …`);
    const measured = await measure(algorithm, rounds, random);
    for (const [name, turns] of measured) figures[`${algorithm}, ${name}`] = turns;
  }
  return told(figures, rounds);
}

async function measure(algorithm, rounds, random) {
  const keys = makeKeys(algorithm);
  const auth = createTokenAuth({ algorithm, keys });
  const [proven] = await issue(auth, 1);
  const material = {
    ...{ algorithm, keys, issuer, audience, typ, userCount: tokensAtOnce },
    proof: { sub: '1', good: proven, bad: await makeBadTokens(proven, { algorithm, keys }) },
  };
  const seen = await issueHeaders(auth);
  const contenders = [];
  try {
    for (const { name, runs, seen = false, settings = {} } of entries) {
      const entry = new URL(`contenders/${runs}.mjs`, import.meta.url);
      const started = await startContender(name, entry, { ...material, settings });
      contenders.push({ ...started, seen, turns: [] });
    }
    for (let round = -warmUps; round < rounds; round += 1) {
      const fresh = await issueHeaders(auth);
      for (const contender of shuffled(contenders, random)) {
        const turn = await contender.ask(
          contender.seen ? { headers: seen, passes: passesOfSeen } : { headers: fresh, passes: 1 },
        );
        if (round >= 0) contender.turns.push(turn);
      }
    }
  } finally {
    for (const contender of contenders) contender.stop();
  }
  return contenders.map(({ name, turns }) => [name, turns]);
}

async function issueHeaders(auth) {
  const tokens = await issue(auth, tokensAtOnce);
  return tokens.map((token) => `Bearer ${token}`);
}

/** One for each user. */
async function issue(auth, count) {
  const tokens = [];
  for (let id = 1; id <= count; id += 1) tokens.push((await auth.tokens.issue({ id })).accessToken);
  return tokens;
}

function told(figures, rounds) {
  return {
    method: `${rounds} rounds in turns, ${tokensAtOnce} tokens round robin, each verification awaited; microseconds`,
    figures: Object.fromEntries(Object.entries(figures).map(([name, turns]) => [name, figuresOf(turns)])),
    rows: Object.entries(figures).map(([name, turns]) => rowOf(name, figuresOf(turns))),
    goals: algorithms.flatMap((algorithm) => [
      goal(figures, `${algorithm}, ostiary, seen`, `${algorithm}, fast-jwt, cache`, 2.5),
      goal(figures, `${algorithm}, ostiary, new`, `${algorithm}, jose`, 0.8),
    ]),
    notes: [
      'a tenth of the users have a record of revocations; ostiary asks its store about every token, every time',
      'jsonwebtoken has no option to check the type of a token; the others check it',
    ],
  };
}

function figuresOf(turns) {
  return { wall: spread(turns.map(({ wall }) => wall)), cpu: spread(turns.map(({ cpu }) => cpu)) };
}

function rowOf(name, { wall, cpu }) {
  return {
    contender: name,
    'a verification, median': wall.median.toFixed(2),
    'min–max': `${wall.min.toFixed(2)}–${wall.max.toFixed(2)}`,
    'CPU, median': cpu.median.toFixed(2),
    'verifications/s': Math.round(1e6 / wall.median),
  };
}

/**
 * How many times as many verifications one does as the other: the median over the rounds, in which both had a turn. By
 * the clock, as a server's clients see it; the processor's time beside it tells how much of a doubtful figure is the
 * machine's other work.
 */
function goal(figures, one, other, least) {
  const ratios = (time) =>
    spread(figures[one].map((turn, round) => figures[other][round][time] / turn[time]));
  const { median: value, min, max } = ratios('wall');
  return {
    what: `verifications per second, (${one}) to (${other})`,
    figure: `${value.toFixed(2)}, in single rounds ${min.toFixed(2)}–${max.toFixed(2)}; by CPU time ${ratios('cpu').median.toFixed(2)}`,
    goal: `at least ${least}`,
    value,
    met: value >= least,
  };
}
