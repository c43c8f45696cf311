/** Whether one kind can be told from another by the clock. */

import { areaUnderCurve, cropped, median, medianDifference, welchT } from '../statistics.mjs';
import { bounds } from './figures.mjs';

/**
 * `equal`: within all three bounds. `different`: beyond one of them for certain. `unclear`: neither, such as on a
 * machine so busy that the intervals are wider than the bounds.
 */
export function judge(samples, reference, random) {
  const difference = medianDifference(samples, reference, random);
  const area = areaUnderCurve(samples, reference);
  const t = welchT(...cropped(samples, reference, bounds.crop));
  return {
    n: samples.length,
    median: median(samples),
    difference,
    area,
    t,
    verdict: verdictOf(difference, area, t),
  };
}

function verdictOf(difference, area, t) {
  const [low, high] = bounds.area;
  const { medianMilliseconds: far } = bounds;
  const within = difference.low >= -far && difference.high <= far && area.low >= low && area.high <= high;
  if (within && Math.abs(t) < bounds.t) return 'equal';
  const beyond = difference.high < -far || difference.low > far || area.high < low || area.low > high;
  return beyond || Math.abs(t) >= bounds.t ? 'different' : 'unclear';
}
