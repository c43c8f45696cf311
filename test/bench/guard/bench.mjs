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
/**
 * Those of a group take turns with one another, each group has a route without a guard, and the first has two: what lies
 * between those is chance. `runs` is the file, where it is not the name. With the secret as text a request takes about
 * half a millisecond: a fifth of the requests is enough to see that.
 */
const groups = [
  [{ name: 'unguarded' }, { name: 'unguarded again', runs: 'unguarded' }, { name: 'ostiary' }],
  [
    { name: 'unguarded beside the peers', runs: 'unguarded' },
    { name: 'express-jwt, KeyObject', runs: 'express-jwt', settings: { keyObject } },
    { name: 'passport-jwt, KeyObject', runs: 'passport-jwt', settings: { keyObject } },
    { name: 'express-jwt, text', runs: 'express-jwt', share: 0.2 },
    { name: 'passport-jwt, text', runs: 'passport-jwt', share: 0.2 },
    { name: 'tutorial, text', runs: 'tutorial', share: 0.2 },
  ],
];
/** The turns of each in a group, so that a machine that slows down slows all of them. */
const slices = 10;
/** Requests that do not count: compilers and caches warm up. */
const warmUps = 10_000;
const goalMicroseconds = 15;

export async function run({ seed, pairs, requests, say }) {
  const random = seededRandom(seed);
  const material = await makeMaterial();
  const figures = {};
  for (let pair = 1; pair <= pairs; pair += 1) {
    say(`Pair ${pair} of ${pairs}: ${requests} requests for each …`);
    for (const group of groups) {
      const [base, ...others] = await measureGroup(group, material, requests, random);
      for (const { name, ...used } of [base, ...others]) {
        figures[name] ??= [];
        figures[name].push({ ...used, added: used.cpu - base.cpu });
      }
    }
  }
  return told(figures, pairs);
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

/** New processes each time: two of the same program differ by some microseconds, each for as long as it lives. */
async function measureGroup(group, material, requests, random) {
  const bytes = material.tokens.map(requestBytes);
  const contenders = [];
  try {
    for (const entry of group) {
      const contender = await open(entry, material);
      contenders.push(contender);
      if (contender.runs !== 'unguarded') await prove(contender, material);
      await load(contender.connections, bytes, 0, warmUps * contender.share);
    }
    for (let slice = 0; slice < slices; slice += 1) {
      for (const contender of shuffled(contenders, random)) await takeTurn(contender, bytes, slice, requests);
    }
    return contenders.map(({ name, sent, used }) => ({
      name,
      sent,
      cpu: used.cpu / sent,
      collecting: used.collecting / sent,
    }));
  } finally {
    for (const { connections, stop } of contenders) {
      for (const connection of connections) connection.close();
      stop();
    }
  }
}

async function open({ name, runs = name, settings = {}, share = 1 }, { keys, revoked }) {
  const entry = new URL(`contenders/${runs}.mjs`, import.meta.url);
  const material = { algorithm, keys, issuer, audience, revoked, settings };
  const { ready, ask, stop } = await startContender(name, entry, material);
  const connections = await openConnections(ready.port);
  return { name, runs, share, ask, stop, connections, sent: 0, used: { cpu: 0, collecting: 0 } };
}

/** What an idle process does with its time between the turns, such as tidying up, is nobody's request. */
async function takeTurn(contender, bytes, slice, requests) {
  const { connections, ask, share, sent, used } = contender;
  const until = Math.round(((slice + 1) * requests * share) / slices);
  const before = await ask('usage');
  await load(connections, bytes, sent, until - sent);
  const after = await ask('usage');
  contender.sent = until;
  used.cpu += after.cpu - before.cpu;
  used.collecting += after.collecting - before.collecting;
}

async function prove({ name, connections: [connection] }, { tokens: [good], tampered, revoked }) {
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

function told(measured, pairs) {
  const figures = Object.fromEntries(
    Object.entries(measured).map(([name, turns]) => [name, figuresOf(turns)]),
  );
  const { median: added } = figures['ostiary'].added;
  return {
    method: `${pairs} pairs with the unguarded route, ${tokensAtOnce} tokens round robin; CPU microseconds of the server per request`,
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
      'text: the secret as text, as in the READMEs of the peers and in tutorials',
      'ostiary asks its store about every request and answered a revoked token with 401, the others with 200',
    ],
  };
}

function figuresOf(turns) {
  return {
    sent: turns[0].sent,
    cpu: spread(turns.map(({ cpu }) => cpu)),
    added: spread(turns.map(({ added }) => added)),
    collecting: median(turns.map(({ collecting }) => collecting)),
  };
}

function rowOf(name, { sent, cpu, added, collecting }) {
  return {
    contender: name,
    requests: sent,
    'a request, median': cpu.median.toFixed(1),
    'min–max': `${cpu.min.toFixed(1)}–${cpu.max.toFixed(1)}`,
    'added, median': added.median.toFixed(1),
    'min–max of added': `${added.min.toFixed(1)}–${added.max.toFixed(1)}`,
    'of it all: pauses of the collector': collecting.toFixed(1),
  };
}
