/** What does a guard add to a route? */

import { startContender } from '../contender.mjs';
import { median, seededRandom, shuffled, spread } from '../statistics.mjs';
import { createTokenAuth } from '../tokens/auth.mjs';
import { makeBadTokens } from '../tokens/bad-tokens.mjs';
import { audience, issuer, tokensAtOnce } from '../tokens/figures.mjs';
import { makeKeys } from '../tokens/keys.mjs';
import { load, openConnections, requestBytes } from './load.mjs';

export const peers = ['express', 'express-jwt', 'passport', 'passport-jwt', 'jsonwebtoken'];
export const ostiaryBrings = ['jose'];
const algorithm = 'HS256';
const keyObject = true;
/** `runs` is the file, where it is not the name. Two without a guard: what lies between them is chance. */
const entries = [
  { name: 'unguarded' },
  { name: 'unguarded again', runs: 'unguarded' },
  { name: 'ostiary' },
  { name: 'express-jwt' },
  { name: 'express-jwt, KeyObject', runs: 'express-jwt', settings: { keyObject } },
  { name: 'passport-jwt' },
  { name: 'passport-jwt, KeyObject', runs: 'passport-jwt', settings: { keyObject } },
  { name: 'tutorial' },
];
/** The two of a pair take turns this often, so that a machine that slows down slows both. */
const slices = 10;
/** Requests that do not count: compilers and caches warm up. */
const warmUps = 10_000;
const goalMicroseconds = 15;

export async function run({ seed, pairs, requests, say }) {
  const random = seededRandom(seed);
  const material = await makeMaterial();
  const measured = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    say(`Pair ${pair} of ${pairs}: ${requests} requests for each of ${entries.length} contenders …`);
    measured.push(await measurePair(material, requests, random));
  }
  return told(measured, { pairs, requests });
}

async function makeMaterial() {
  const keys = makeKeys(algorithm);
  const auth = createTokenAuth({ algorithm, keys });
  const issue = async (id) => (await auth.tokens.issue({ id })).accessToken;
  const tokens = [];
  for (let id = 1; id <= tokensAtOnce; id += 1) tokens.push(await issue(id));
  const { tampered } = await makeBadTokens(tokens[0], { algorithm, keys });
  return { keys, tokens, tampered, revoked: await issue(1) };
}

/** New processes for each pair: two of the same program differ by some microseconds, each for as long as it lives. */
async function measurePair({ keys, tokens, tampered, revoked }, requests, random) {
  const bytes = tokens.map(requestBytes);
  const contenders = [];
  try {
    for (const { name, runs = name, settings = {} } of entries) {
      const entry = new URL(`contenders/${runs}.mjs`, import.meta.url);
      const material = { algorithm, keys, issuer, audience, revoked, settings };
      const started = await startContender(name, entry, material);
      const contender = { ...started, connections: await openConnections(started.ready.port) };
      contenders.push(contender);
      if (runs !== 'unguarded') await prove(contender, { good: tokens[0], tampered, revoked });
      await load(contender.connections, bytes, 0, warmUps);
    }
    for (const contender of contenders) contender.before = await contender.ask('usage');
    for (let slice = 0; slice < slices; slice += 1) {
      const from = Math.round((requests * slice) / slices);
      const count = Math.round((requests * (slice + 1)) / slices) - from;
      for (const { connections } of shuffled(contenders, random)) await load(connections, bytes, from, count);
    }
    const used = [];
    for (const contender of contenders) used.push([contender.name, await usedBy(contender, requests)]);
    return Object.fromEntries(used);
  } finally {
    for (const { connections = [], stop } of contenders) {
      for (const connection of connections) connection.close();
      stop();
    }
  }
}

async function prove({ name, connections: [connection] }, { good, tampered, revoked }) {
  const expected = [
    ['a good token', good, 200],
    ['no token', undefined, 401],
    ['a tampered token', tampered, 401],
    ['a revoked token', revoked, name === 'ostiary' ? 401 : 200],
  ];
  for (const [what, token, status] of expected) {
    const answered = await connection.ask(requestBytes(token));
    if (answered !== status) throw new Error(`${name} answered ${what} with ${answered}.`);
  }
}

/** Per request, the whole of it: also what the process put off until its turn was over. */
async function usedBy({ before, ask }, requests) {
  const after = await ask('usage');
  return {
    cpu: (after.cpu - before.cpu) / requests,
    collecting: (after.collecting - before.collecting) / requests,
  };
}

function told(measured, { pairs, requests }) {
  const figures = Object.fromEntries(entries.map(({ name }) => [name, figuresOf(measured, name)]));
  const { median: added } = figures['ostiary'].added;
  return {
    method: `${pairs} pairs with the unguarded route, ${requests} requests each, ${tokensAtOnce} tokens round robin; CPU microseconds of the server per request`,
    figures,
    rows: Object.entries(figures).map(([name, figure]) => rowOf(name, figure)),
    goals: [
      {
        what: 'what requireAuth adds to a request',
        figure: `${added.toFixed(1)} µs`,
        goal: `at most ${goalMicroseconds} µs`,
        value: added,
        met: added <= goalMicroseconds,
      },
    ],
    notes: [
      'what is added is a difference of two measurements: see how far the unguarded route is from itself',
      'the garbage collector is part of both; its pauses are shown apart',
      'ostiary asks its store about every request and answered a revoked token with 401, the others with 200',
    ],
  };
}

function figuresOf(measured, name) {
  return {
    cpu: spread(measured.map((pair) => pair[name].cpu)),
    added: spread(measured.map((pair) => pair[name].cpu - pair['unguarded'].cpu)),
    collecting: median(measured.map((pair) => pair[name].collecting)),
  };
}

function rowOf(name, { cpu, added, collecting }) {
  return {
    contender: name,
    'a request, median': cpu.median.toFixed(1),
    'min–max': `${cpu.min.toFixed(1)}–${cpu.max.toFixed(1)}`,
    'added, median': added.median.toFixed(1),
    'min–max of added': `${added.min.toFixed(1)}–${added.max.toFixed(1)}`,
    'of it all: pauses of the collector': collecting.toFixed(1),
  };
}
