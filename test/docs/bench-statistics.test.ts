/** What the figures of `docs/benchmarks.md` are told in. Values without a reason beside them are SciPy's, 1.17.1. */

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/seeded-random.ts';

type Samples = readonly number[];

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface Tools {
  medianDifference(ones: Samples, others: Samples, random: () => number, draws?: number): Estimate;
  areaUnderCurve(ones: Samples, others: Samples): Estimate;
  welchT(ones: Samples, others: Samples): number;
  cropped(ones: Samples, others: Samples, share: number): readonly [Samples, Samples];
  judge(
    samples: Samples,
    reference: Samples,
    random: () => number,
  ): {
    readonly difference: Estimate;
    readonly area: Estimate;
    readonly t: number;
    readonly verdict: 'equal' | 'different' | 'unclear';
  };
}

const load = (file: string): Promise<Tools> => import(new URL(`../bench/${file}`, import.meta.url).href);
const { medianDifference, areaUnderCurve, welchT, cropped } = await load('statistics.mjs');
const { judge } = await load('enumeration/verdict.mjs');

const ones = [3.1, 2.4, 5.9, 4.2, 2.4, 8.8, 3.3, 4.9];
const others = [2.2, 2.4, 3.0, 1.9, 4.1, 2.8, 6.5];

/** Of a normal distribution (Box and Muller). */
function normal(random: () => number, count: number, mean: number, deviation: number): Samples {
  return Array.from(
    { length: count },
    () => mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** How many of `trials` intervals hold the true value. */
function held(trials: number, truth: number, estimate: (random: () => number) => Estimate): number {
  const random = seededRandom(1);
  return Array.from({ length: trials }, () => estimate(random)).filter(
    ({ low, high }) => low <= truth && truth <= high,
  ).length;
}

describe('the difference of two medians', () => {
  it('is the first less the second', () => {
    expect(medianDifference(ones.slice(1), others, seededRandom(1)).value).toBeCloseTo(4.2 - 2.8, 12);
    expect(medianDifference(others, ones.slice(1), seededRandom(1)).value).toBeCloseTo(2.8 - 4.2, 12);
  });

  it('lies in 95 of 100 intervals', () => {
    const count = held(400, 0.3, (random) =>
      medianDifference(normal(random, 80, 10.3, 1), normal(random, 80, 10, 1), random, 200),
    );
    expect(count / 400).toBeGreaterThan(0.92);
    expect(count / 400).toBeLessThan(0.99);
  });

  it('is not blurred by a machine that slows down in the middle', () => {
    const base = normal(seededRandom(2), 400, 10, 0.1).map((value, index) =>
      index < 150 ? value : 2 * value,
    );
    const slower = base.map((value) => value + 1);
    const { low, high } = medianDifference(slower, base, seededRandom(3));
    expect(low).toBeCloseTo(1, 9);
    expect(high).toBeCloseTo(1, 9);
  });

  it('is the same for the same seed', () => {
    const again = () => medianDifference(ones.slice(1), others, seededRandom(4));
    expect(again()).toEqual(again());
  });
});

describe('the area under the curve', () => {
  it("is Mann–Whitney's U of all pairs, ties by half, in DeLong's interval", () => {
    const { value, low, high } = areaUnderCurve(ones, others);
    expect(value).toBeCloseTo(0.7142857142857143, 12);
    expect(low).toBeCloseTo(0.4300469648748244, 12);
    expect(high).toBeCloseTo(0.9985244636966042, 12);
  });

  it('is the rest to 1 the other way round', () => {
    const { value, low, high } = areaUnderCurve(others, ones);
    expect(value).toBeCloseTo(1 - 0.7142857142857143, 12);
    expect([low, high]).toEqual([
      expect.closeTo(1 - 0.9985244636966042, 12),
      expect.closeTo(1 - 0.4300469648748244, 12),
    ]);
  });

  it('is 1 where all are above', () => {
    expect(areaUnderCurve([4, 5, 6], [1, 2, 3])).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('is a half of equal values', () => {
    expect(areaUnderCurve([2, 2, 2], [2, 2]).value).toBe(0.5);
  });

  it('lies in 95 of 100 intervals', () => {
    // Two normal distributions a deviation apart: the distribution function at 1/√2.
    const count = held(400, 0.7602499389065233, (random) =>
      areaUnderCurve(normal(random, 80, 1, 1), normal(random, 80, 0, 1)),
    );
    expect(count / 400).toBeGreaterThan(0.92);
    expect(count / 400).toBeLessThan(0.98);
  });
});

describe("Welch's t", () => {
  it('does not assume equal variances', () => {
    expect(welchT(ones, others)).toBeCloseTo(1.1337967301455216, 12);
    expect(welchT(others, ones)).toBeCloseTo(-1.1337967301455216, 12);
  });

  it('is taken below one end for both, a quantile of the two together', () => {
    const samples = cropped(ones, others, 0.9);
    expect(samples).toEqual([
      [3.1, 2.4, 5.9, 4.2, 2.4, 3.3, 4.9],
      [2.2, 2.4, 3.0, 1.9, 4.1, 2.8],
    ]);
    expect(welchT(...samples)).toBeCloseTo(1.70851110525849, 12);
  });
});

describe('the verdict', () => {
  const verdict = (count: number, difference: number, deviation: number): string => {
    const random = seededRandom(5);
    const reference = normal(random, count, 20, deviation);
    return judge(normal(random, count, 20 + difference, deviation), reference, random).verdict;
  };

  it.each([
    ['equal', 'nothing lies between the two', 2000, 0, 0.5],
    ['unclear', 'there are too few samples', 60, 0, 0.5],
    ['unclear', 'the machine is so busy that the medians are uncertain', 2000, 0, 20],
    ['different', 'the medians lie half a millisecond apart', 2000, 0.5, 0.5],
    ['different', 'all of one kind are slower, if by little', 2000, 0.1, 0.01],
    ['different', 'the other is faster', 2000, -0.5, 0.5],
  ])('is %s where %s', (expected, _where, count, difference, deviation) => {
    expect(verdict(count, difference, deviation)).toBe(expected);
  });

  it('is different where only t is beyond its bound: some of one kind are much faster', () => {
    const random = seededRandom(5);
    const reference = normal(random, 2000, 20, 0.1);
    const samples = normal(random, 2000, 20, 0.1).map((value, index) => (index % 20 === 0 ? 19 : value));
    const { difference, area, t, verdict } = judge(samples, reference, random);
    expect(difference.low).toBeGreaterThan(-0.5);
    expect(area.low).toBeGreaterThan(0.45);
    expect(t).toBeLessThan(-4.5);
    expect(verdict).toBe('different');
  });
});
