/** Can the clock tell who has an account: at the login, at the registration, at the forgotten password? */

import { seededRandom } from '../statistics.mjs';
import { bcryptCost, bounds, reRunTimes, warmUps } from './figures.mjs';
import { flows } from './flows.mjs';
import { measure } from './rounds.mjs';
import { judge } from './verdict.mjs';

export const peers = ['express', 'bcryptjs'];
export const ostiaryBrings = ['bcryptjs'];

export async function run({ seed, n, say }) {
  const random = seededRandom(seed);
  const began = performance.now();
  const results = [];
  for (const flow of flows) {
    results.push(...(await measureFlow(flow, { rounds: n, random, say })));
    results.push(...(await measureBroken(flow, { rounds: n, random, say })));
  }
  return told(results, n, performance.now() - began);
}

/**
 * Who stays unclear, once more, and the control with them: what was chance is gone then. A difference that is certain
 * needs no second look.
 */
async function measureFlow(flow, { rounds, ...rest }) {
  const [reference, ...others] = flow.kinds;
  const first = await compare({ flow, kinds: flow.kinds, rounds, ...rest });
  if (first.every(({ verdict }) => verdict !== 'unclear')) return first;
  const again = others.filter(({ control }, index) => control || first[index].verdict === 'unclear');
  const kinds = [reference, ...again];
  const second = await compare({ flow, kinds, rounds: rounds * reRunTimes, again: true, ...rest });
  return [...first, ...second];
}

async function measureBroken(flow, { rounds, ...rest }) {
  const results = [];
  for (const { name: broken, kind, share = 1 } of flow.broken) {
    const kinds = [flow.kinds[0], { ...flow.kinds.find(({ name }) => name === kind), control: true }];
    results.push(...(await compare({ flow, kinds, rounds: Math.ceil(rounds * share), broken, ...rest })));
  }
  return results;
}

/** Each kind with the first. */
async function compare({ flow, kinds, rounds, random, say, broken, again = false }) {
  say(`${nameOf({ flow: flow.name, broken, again })}: ${rounds} rounds of ${kinds.length} requests …`);
  const [reference, ...others] = await measure({ flow, kinds, rounds, random, broken });
  return others.map((samples, index) => ({
    flow: flow.name,
    kind: kinds[index + 1].name,
    ...(broken === undefined ? {} : { broken }),
    again,
    expected: kinds[index + 1].control ? 'different' : 'equal',
    ...judge(samples, reference, random),
    samples: { reference: written(reference), kind: written(samples) },
  }));
}

function told(results, n, took) {
  // The second time takes the place of the first.
  const counting = new Map(results.map((result) => [nameOf({ ...result, again: false }), result]));
  return {
    method: `${n} rounds after ${warmUps}, one request in flight, bcrypt cost ${bcryptCost}; milliseconds, intervals of 95 %`,
    figures: { seconds: Math.round(took / 1000), results },
    rows: results.map(rowOf),
    goals: [...counting].map(goalOf),
    notes: [
      `equal: the difference of the medians within ±${bounds.medianMilliseconds} ms and the AUC within ${bounds.area.join(' and ')}, each with all of its interval, and |t| below ${bounds.t}`,
      `who was unclear was measured again, ${reRunTimes} times as often: that counts, and both are shown`,
      'all answers of a flow had the same bytes, but for the date and for random characters, of which there were as many',
      `it took ${Math.round(took / 1000)} s`,
    ],
  };
}

function goalOf([name, { expected, verdict, difference, area, t }]) {
  return {
    what: expected === 'different' ? `control: ${name}` : name,
    figure: `${verdict} (Δ ${signed(difference.value, 3)}, AUC ${area.value.toFixed(3)}, t ${signed(t, 1)})`,
    goal: expected,
    value: area.value,
    met: verdict === expected,
  };
}

function rowOf({ n, median, difference, area, t, verdict, ...who }) {
  return {
    who: nameOf(who),
    n,
    median: median.toFixed(3),
    'Δ median': signed(difference.value, 3),
    'its interval': `${signed(difference.low, 3)} to ${signed(difference.high, 3)}`,
    AUC: area.value.toFixed(3),
    'interval of AUC': `${area.low.toFixed(3)}–${area.high.toFixed(3)}`,
    t: signed(t, 1),
    verdict,
  };
}

function nameOf({ flow, kind, broken, again }) {
  return [flow, kind, broken, again ? 'again' : undefined].filter((part) => part !== undefined).join(', ');
}

function signed(value, digits) {
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;
}

/** All of them in one line, for whoever wants to judge by another statistic. */
function written(samples) {
  return samples.map((sample) => sample.toFixed(3)).join(' ');
}
