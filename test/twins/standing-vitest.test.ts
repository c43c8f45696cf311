import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

interface Order {
  readonly files: readonly string[];
  readonly twin?: { readonly name: string; readonly file: string };
  readonly bail?: number;
}

interface Run {
  readonly green: boolean;
  readonly report?: { readonly testResults: readonly { readonly assertionResults: readonly unknown[] }[] };
}

interface Tools {
  openLane(scratch: string): { run(order: Order): Promise<Run>; close(): void };
  readonly verdictOf: {
    whole(run: Run): string | undefined;
    twin(run: Run): { readonly red?: string; readonly problem?: string };
  };
}

const load = (file: string): Promise<Tools> => import(new URL(file, import.meta.url).href);
const { openLane } = await load('lane.mjs');
const { verdictOf } = await load('verdict.mjs');

const duration = { name: 'duration-without-a-unit', file: 'src/core/duration.ts' };
const option = { name: 'unknown-option-is-ignored', file: 'src/core/options.ts' };
const files = ['test/core/duration.test.ts'];

const scratch = mkdtempSync(join(tmpdir(), 'standing-vitest-'));
const lane = openLane(scratch);
afterAll(() => {
  lane.close();
  rmSync(scratch, { recursive: true, maxRetries: 9 });
});

it('runs a test file with a twin, then whole, then with the twin once more', async () => {
  const red = 'durationSeconds refuses the text "900" without a unit';
  expect(verdictOf.twin(await lane.run({ files, twin: duration, bail: 1 }))).toEqual({ red });
  expect(verdictOf.whole(await lane.run({ files }))).toBeUndefined();
  expect(verdictOf.twin(await lane.run({ files, twin: duration, bail: 1 }))).toEqual({ red });
});

it('says that no test went red for a twin that these tests do not notice, whatever was red before', async () => {
  await lane.run({ files, twin: duration });
  const run = await lane.run({ files, twin: option, bail: 1 });
  expect(verdictOf.twin(run)).toEqual({ problem: 'no test went red' });
  expect(run.green).toBe(true);
});

it('has no result of an earlier run for a file that the first red test kept from running', async () => {
  await lane.run({ files: ['test/core/options.test.ts'], twin: option });
  const run = await lane.run({ files: [...files, 'test/core/options.test.ts'], twin: duration, bail: 1 });
  const [first, kept] = run.report?.testResults ?? [];
  expect(first?.assertionResults).not.toEqual([]);
  expect(kept?.assertionResults).toEqual([]);
});

it('says which file did not run', async () => {
  const run = await lane.run({ files: [...files, 'test/core/absent.test.ts'], twin: option, bail: 1 });
  expect(verdictOf.twin(run)).toEqual({ problem: 'test/core/absent.test.ts did not run' });
});
