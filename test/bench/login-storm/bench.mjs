/** Many people log in at once: how long does everybody else wait? */

import { setTimeout as sleep } from 'node:timers/promises';
import { startContender } from '../contender.mjs';
import { median, quantile, seededRandom, shuffled, spread } from '../statistics.mjs';
import { makeAccounts } from './accounts.mjs';
import { connectionsTo, runBurst } from './burst.mjs';
import { bcryptCost, loginsAtOnce, probeEveryMilliseconds, restMilliseconds } from './storm.mjs';

export const peers = ['express', 'passport', 'passport-local', 'bcryptjs'];
export const ostiaryBrings = ['bcryptjs'];
/** `runs` is the file, where it is not the name. */
const entries = [
  { name: 'ostiary' },
  { name: 'compare-sync' },
  { name: 'bcryptjs-async' },
  { name: 'bare-workers' },
  { name: 'idle', nobody: true },
  { name: 'ostiary, no probes', runs: 'ostiary', probed: false },
  { name: 'bare-workers, no server', runs: 'bare-workers-alone' },
];
/** Bursts that do not count: compilers, caches and connections warm up. */
const warmUps = 2;

export async function run({ seed, bursts, say }) {
  const random = seededRandom(seed);
  const accounts = await makeAccounts(random);
  const contenders = [];
  try {
    for (const entry of entries) contenders.push(await open(entry, accounts));
    say(`${bursts} bursts of ${loginsAtOnce} logins for each of ${entries.length} contenders …`);
    for (let round = -warmUps; round < bursts; round += 1) {
      for (const contender of shuffled(contenders, random)) {
        const burst = await contender.burst();
        if (round >= 0) contender.bursts.push(burst);
        await sleep(restMilliseconds);
      }
    }
  } finally {
    for (const contender of contenders) contender.stop();
  }
  return told(contenders, bursts);
}

async function open({ name, runs = name, probed = true, nobody = false }, accounts) {
  const entry = new URL(`contenders/${runs}.mjs`, import.meta.url);
  const { ready, ask, stop } = await startContender(name, entry, { accounts });
  const common = { name, stop, bursts: [] };
  if (ready.port === undefined) return { ...common, burst: () => ask('burst') };
  const connections = connectionsTo(ready.port);
  return { ...common, burst: () => runBurst(connections, nobody ? [] : accounts, { probed }) };
}

function told(contenders, bursts) {
  const figures = Object.fromEntries(contenders.map((contender) => [contender.name, figuresOf(contender)]));
  return {
    method: `${bursts} bursts of ${loginsAtOnce} logins at cost ${bcryptCost}, a probe due every ${probeEveryMilliseconds} ms; milliseconds`,
    figures,
    rows: Object.entries(figures).map(([name, figure]) => rowOf(name, figure)),
    goals: goalsOf(figures),
    notes: notesOn(figures),
  };
}

function figuresOf({ name, bursts }) {
  const probed = bursts.filter(({ latencies = [] }) => latencies.length > 0);
  return {
    ...(name === 'idle'
      ? {}
      : { loginsPerSecond: spread(bursts.map(({ took }) => (loginsAtOnce * 1000) / took)) }),
    ...(probed.length === 0 ? {} : probesOf(probed)),
  };
}

function probesOf(bursts) {
  const all = bursts.flatMap(({ latencies }) => latencies);
  return {
    probes: all.length,
    worstProbe: spread(bursts.map(({ latencies }) => Math.max(...latencies))),
    probe: { median: median(all), p99: quantile(all, 0.99) },
    worstLateness: spread(bursts.map(({ lateness }) => Math.max(...lateness))),
  };
}

function rowOf(name, { loginsPerSecond, worstProbe, probe, worstLateness }) {
  return {
    contender: name,
    'worst probe, median': worstProbe && round(worstProbe.median),
    'min–max': worstProbe && `${round(worstProbe.min)}–${round(worstProbe.max)}`,
    'p99 of all': probe && round(probe.p99),
    'median of all': probe && round(probe.median),
    'generator late, median of worst': worstLateness && round(worstLateness.median),
    'logins/s': loginsPerSecond && round(loginsPerSecond.median),
    'min–max of logins/s': loginsPerSecond && `${round(loginsPerSecond.min)}–${round(loginsPerSecond.max)}`,
  };
}

/** Each is a ratio to something measured in the same run, under the same load. */
function goalsOf(figures) {
  const wait = figures['compare-sync'].worstProbe.median / figures['ostiary'].worstProbe.median;
  return [
    {
      what: 'worst probe, ostiary to compareSync',
      figure: `1/${round(wait)}`,
      goal: 'at most 1/30',
      value: 1 / wait,
      met: wait >= 30,
    },
    paceGoal(figures, 'ostiary', 'bare-workers'),
    paceGoal(figures, 'ostiary, no probes', 'bare-workers, no server'),
  ];
}

function paceGoal(figures, one, other) {
  const value = figures[one].loginsPerSecond.median / figures[other].loginsPerSecond.median;
  return {
    what: `logins per second, (${one}) to (${other})`,
    figure: value.toFixed(3),
    goal: 'at least 0.9',
    value,
    met: value >= 0.9,
  };
}

/** What the goals' figures must be read with. */
function notesOn({ ostiary, idle }) {
  return [
    `a worst probe takes ${round(idle.worstProbe.median)} ms when nobody logs in`,
    `the generator itself was up to ${round(ostiary.worstLateness.median)} ms late with a probe of ostiary, which is part of that probe's time`,
  ];
}

function round(value) {
  return value.toFixed(1);
}
