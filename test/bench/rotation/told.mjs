/** The figures of the bench, and what was promised of them. */

import { spread } from '../statistics.mjs';
import { stores } from './stores/stores.mjs';

const leastOfBare = 0.7;
const mostGrowth = { memory: 1.5, redis: 1.2, postgres: 1.2 };
/** What the bare contender asks for. */
const bareCalls = ['get refresh', 'get revocation', 'compareAndSet refresh'];

export function told({ turns, answering, skipped, sizes, concurrencies, rounds, calls }) {
  const pick = (store, kind, families, concurrency) =>
    turns.find((one) => one.store === store && one.kind === kind && one.families === families).turns[
      concurrency
    ];
  const [few, many] = sizes;
  const cases = Object.keys(answering).flatMap((store) =>
    concurrencies.map((concurrency) => ({ store, concurrency })),
  );
  const rows = cases.flatMap(({ store, concurrency }) =>
    sizes.map((families) => {
      const [ostiary, bare] = ['ostiary', 'bare'].map((kind) => pick(store, kind, families, concurrency));
      return { store, concurrency, families, ...figuresOf(ostiary, bare) };
    }),
  );
  const growth = cases.flatMap(({ store, concurrency }) =>
    ['ostiary', 'bare'].map((kind) => ({
      ...{ store, concurrency, kind },
      ...ratios(pick(store, kind, few, concurrency), pick(store, kind, many, concurrency)),
    })),
  );
  return {
    method: `${rounds} rounds in turns; rotations per second of random families, 1 or 16 under way`,
    figures: { calls, rows, growth, services: answering, skipped },
    rows: rows.map(rowOf),
    goals: [
      ...rows.filter(({ store, families }) => store !== 'memory' && families === few).map(goalOfBare),
      ...growth.filter(({ kind }) => kind === 'ostiary').map((one) => goalOfGrowth(one, many, growth)),
      goalOfCalls(calls),
    ],
    notes: [
      ...skipped.map((called) => `SKIPPED: ${called} did not answer; it has no rows and no goals here`),
      ...Object.values(answering).filter((service) => service !== undefined),
      'bare: the same calls of the same client one after the other, without ostiary; in memory with the cryptography that is needed',
      'the stores on Redis and PostgreSQL are of this bench: the library has none yet',
    ],
  };
}

function figuresOf(ostiary, bare) {
  return { ostiary: summary(ostiary), bare: summary(bare), toBare: ratios(ostiary, bare) };
}

function summary(figures) {
  return {
    perSecond: spread(figures.map(({ wall }) => 1e6 / wall)),
    cpu: spread(figures.map(({ cpu }) => cpu)),
  };
}

/** How much longer the second takes: the median over the rounds, in which both had a turn. */
function ratios(ones, others) {
  const of = (time) => spread(ones.map((one, round) => others[round][time] / one[time]));
  return { ...of('wall'), cpu: of('cpu').median };
}

function rowOf({ store, concurrency, families, ostiary, bare, toBare }) {
  const range = ({ min, max }) => `${Math.round(min)}–${Math.round(max)}`;
  return {
    store: stores[store].called,
    'under way': concurrency,
    families: families.toLocaleString('en'),
    'ostiary/s, median': Math.round(ostiary.perSecond.median),
    'min–max': range(ostiary.perSecond),
    'CPU µs': ostiary.cpu.median.toFixed(0),
    'bare/s, median': Math.round(bare.perSecond.median),
    'min–max of bare': range(bare.perSecond),
    'CPU µs of bare': bare.cpu.median.toFixed(0),
    'to bare': toBare.median.toFixed(2),
  };
}

function goalOfBare({ store, concurrency, families, toBare }) {
  return {
    what: `${stores[store].called}, ${concurrency} under way: rotations per second to bare, of ${families.toLocaleString('en')} families`,
    figure: inWords(toBare),
    goal: `at least ${leastOfBare}`,
    value: toBare.median,
    met: toBare.median >= leastOfBare,
  };
}

function goalOfGrowth({ store, concurrency, ...ratio }, many, growth) {
  const bare = growth.find(
    (one) => one.kind === 'bare' && one.store === store && one.concurrency === concurrency,
  );
  return {
    what: `${stores[store].called}, ${concurrency} under way: a rotation among ${many.toLocaleString('en')} families to one among few`,
    figure: `${inWords(ratio)}; bare ${bare.median.toFixed(2)}`,
    goal: `at most ${mostGrowth[store]}`,
    value: ratio.median,
    met: ratio.median <= mostGrowth[store],
  };
}

/** Otherwise the bare round trips would not be the ones that are needed. */
function goalOfCalls(calls) {
  return {
    what: 'what a refresh asks of its store',
    figure: calls.join(', '),
    goal: bareCalls.join(', '),
    value: calls.length,
    met: calls.join() === bareCalls.join(),
  };
}

function inWords({ median, min, max, cpu }) {
  const range = `in single rounds ${min.toFixed(2)}–${max.toFixed(2)}`;
  return `${median.toFixed(2)}, ${range}; by CPU time of the client ${cpu.toFixed(2)}`;
}
