/** Many people log in at once: how long does everybody else wait? */

import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile, seededRandom, shuffled } from '../statistics.mjs';
import { makeAccounts } from './accounts.mjs';
import { connectionsTo, runBurst } from './burst.mjs';
import { startContender } from './contender.mjs';
import { bcryptCost, loginsAtOnce, probeEveryMilliseconds, restMilliseconds } from './storm.mjs';

const names = ['ostiary', 'compare-sync', 'bcryptjs-async', 'bare-workers', 'workers-alone', 'idle'];
/** Bursts that do not count: compilers, caches and connections warm up. */
const warmUps = 2;

export async function run({ seed, bursts, say }) {
  const random = seededRandom(seed);
  const accounts = await makeAccounts(random);
  const contenders = [];
  try {
    for (const name of names) contenders.push(await open(name, accounts));
    say(`${bursts} bursts of ${loginsAtOnce} logins for each of ${names.length} contenders …`);
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
  return { seed, ...told(contenders, bursts) };
}

async function open(name, accounts) {
  const contender = await startContender(name, accounts);
  const { port } = contender.ready;
  if (port === undefined) return { ...contender, bursts: [], burst: () => contender.ask('burst') };
  const connections = connectionsTo(port);
  const visitors = name === 'idle' ? [] : accounts;
  return { ...contender, bursts: [], burst: () => runBurst(connections, visitors) };
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
  const withProbes = bursts.filter(({ latencies }) => latencies !== undefined);
  return {
    ...(name === 'idle'
      ? {}
      : { loginsPerSecond: spread(bursts.map(({ took }) => (loginsAtOnce * 1000) / took)) }),
    ...(withProbes.length === 0 ? {} : probesOf(withProbes)),
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

function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
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

/** Each is a ratio to something measured in the same run. */
function goalsOf(figures) {
  const { ostiary, 'compare-sync': tutorial, 'bare-workers': bare } = figures;
  const wait = tutorial.worstProbe.median / ostiary.worstProbe.median;
  const pace = ostiary.loginsPerSecond.median / bare.loginsPerSecond.median;
  return [
    {
      what: 'worst probe, ostiary to compareSync',
      figure: `1/${round(wait)}`,
      goal: 'at most 1/30',
      value: 1 / wait,
      met: wait >= 30,
    },
    {
      what: 'logins per second, ostiary to bare workers',
      figure: pace.toFixed(3),
      goal: 'at least 0.9',
      value: pace,
      met: pace >= 0.9,
    },
  ];
}

/** What is no goal, and what the goals' figures must be read with. */
function notesOn({ ostiary, idle, 'workers-alone': alone }) {
  const pace = ostiary.loginsPerSecond.median / alone.loginsPerSecond.median;
  return [
    `the worst probe when nobody logs in: ${round(idle.worstProbe.median)} ms`,
    `the generator was late for a probe of ostiary's by up to ${round(ostiary.worstLateness.median)} ms: part of the probe's time`,
    `logins per second, ostiary to threads alone that share no core with server, generator and probes: ${pace.toFixed(3)}`,
  ];
}

function round(value) {
  return value.toFixed(1);
}
