/** The few figures that the benches are told in. */

export function median(values) {
  return quantile(values, 0.5);
}

export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Between two values it interpolates. */
export function quantile(values, share) {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((left, right) => left - right);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  return below + (sorted[Math.ceil(position)] - below) * (position % 1);
}

/** A repeatable source of numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy in an order of chance. */
export function shuffled(values, random) {
  const copy = [...values];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

/**
 * How far the median of `ones` lies above the median of `others`, with a 95 % interval of the bootstrap. What has the
 * same index was measured in the same round and is drawn together, so that a machine that slows down slows both.
 */
export function medianDifference(ones, others, random, draws = 1000) {
  const { length } = ones;
  const differences = Array.from({ length: draws }, () => {
    const drawn = new Float64Array(length).map(() => Math.floor(random() * length));
    return medianOfDrawn(ones, drawn) - medianOfDrawn(others, drawn);
  });
  return {
    value: median(ones) - median(others),
    low: quantile(differences, 0.025),
    high: quantile(differences, 0.975),
  };
}

/** An array of numbers only: for the thousand times that it is done, sorting that is much faster. */
function medianOfDrawn(values, drawn) {
  const sorted = drawn.map((index) => values[index]).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/**
 * How often one of `ones` is above one of `others`, ties counted by half: Mann–Whitney's U/nm, which is the area under
 * the ROC curve of whoever guesses by it. The 95 % interval is DeLong's (1988).
 */
export function areaUnderCurve(ones, others) {
  const shares = sharesBelow(ones, others);
  const value = mean(shares);
  const error = Math.sqrt(
    variance(shares) / ones.length + variance(sharesBelow(others, ones)) / others.length,
  );
  return { value, low: value - 1.96 * error, high: value + 1.96 * error };
}

/** For each of `values` the share of `others` below it. */
function sharesBelow(values, others) {
  const sorted = Float64Array.from(others).sort();
  return values.map((value) => {
    const below = countUntil(sorted, (other) => other >= value);
    const notAbove = countUntil(sorted, (other) => other > value);
    return (below + notAbove) / 2 / sorted.length;
  });
}

/** How many come before the first that is `past`. */
function countUntil(sorted, past) {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (past(sorted[middle])) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Welch's t of two samples whose variances may differ. */
export function welchT(ones, others) {
  const error = Math.sqrt(variance(ones) / ones.length + variance(others) / others.length);
  return (mean(ones) - mean(others)) / error;
}

/** Both without what lies above this quantile of the two together, as dudect crops: there a machine's pauses are. */
export function cropped(ones, others, share) {
  const end = quantile([...ones, ...others], share);
  return [ones, others].map((values) => values.filter((value) => value <= end));
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: divided by one less than it has. */
function variance(values) {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
