import { describe, expect, it } from 'vitest';
import { Admission, type Lane } from '../../../src/core/login/admission.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Jobs that end when they are told to. */
function openJobs(admission: Admission) {
  const started: string[] = [];
  const running = new Map<string, () => void>();
  const start = (name: string, lane: Lane): Promise<string> =>
    admission.run(lane, () => {
      started.push(name);
      return new Promise<string>((resolve) => {
        running.set(name, () => {
          running.delete(name);
          resolve(name);
        });
      });
    });
  const end = async (name: string): Promise<void> => {
    running.get(name)?.();
    await settled();
  };
  const endAll = async (): Promise<void> => {
    await settled();
    for (let names = [...running.keys()]; names.length > 0; names = [...running.keys()]) {
      for (const name of names) await end(name);
    }
  };
  return { started, running, start, end, endAll };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** The refusal of a job that may not even wait. */
const atOnce = (job: Promise<unknown>) => Promise.race([job, settled().then(() => 'it waits')]);
const at = (address: string, identifier = 'alice'): Lane => ({ address, identifier });

describe('Admission', () => {
  it('runs as many jobs at once as it may, and no more', async () => {
    const { started, start, end } = openJobs(new Admission(2));
    const all = ['a', 'b', 'c', 'd'].map((name) => start(name, at('1.1.1.1')));
    await settled();
    expect(started).toEqual(['a', 'b']);
    await end('b');
    expect(started).toEqual(['a', 'b', 'c']);
    await end('a');
    await end('c');
    await end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives every address its turn', async () => {
    const { started, start, endAll } = openJobs(new Admission(1));
    const jobs = [
      start('first', at('9.9.9.9')),
      ...[1, 2, 3, 4].map((n) => start(`flood ${n}`, at('6.6.6.6'))),
      start('one', at('1.1.1.1')),
      start('two', at('2.2.2.2')),
    ];
    await endAll();
    await Promise.all(jobs);
    expect(started).toEqual(['first', 'flood 1', 'one', 'two', 'flood 2', 'flood 3', 'flood 4']);
  });

  it('gives every identifier of one address its turn', async () => {
    const { started, start, endAll } = openJobs(new Admission(1));
    const jobs = [
      start('first', at('9.9.9.9')),
      ...[1, 2, 3].map((n) => start(`bob ${n}`, at('6.6.6.6', 'bob'))),
      ...[1, 2].map((n) => start(`alice ${n}`, at('6.6.6.6', 'alice'))),
    ];
    await endAll();
    await Promise.all(jobs);
    expect(started).toEqual(['first', 'bob 1', 'alice 1', 'bob 2', 'alice 2', 'bob 3']);
  });

  it('refuses the 33rd waiter of one address at once, without running its job, and takes another address', async () => {
    const { started, start, endAll } = openJobs(new Admission(1));
    const jobs = [start('running', at('9.9.9.9'))];
    for (let n = 0; n < 32; n += 1) jobs.push(start(`waiting ${n}`, at('6.6.6.6', `user ${n}`)));
    await expect(atOnce(start('too many', at('6.6.6.6', 'somebody else')))).rejects.toMatchObject({
      code: 'ERR_SERVER_BUSY',
      retryAfterSeconds: 1,
    });
    jobs.push(start('other', at('1.1.1.1')));
    await endAll();
    await Promise.all(jobs);
    expect(started).not.toContain('too many');
    expect(started).toHaveLength(34);
  });

  it('refuses the 257th waiter, whatever its address', async () => {
    const { started, start, endAll } = openJobs(new Admission(1));
    const jobs = [start('running', at('9.9.9.9'))];
    for (let n = 0; n < 256; n += 1) jobs.push(start(`waiting ${n}`, at(`10.0.0.${n}`)));
    await expect(atOnce(start('too many', at('1.1.1.1')))).rejects.toMatchObject({ code: 'ERR_SERVER_BUSY' });
    await endAll();
    await Promise.all(jobs);
    expect(started).toHaveLength(257);
  });

  it('takes waiters again when a lane has emptied', async () => {
    const { start, endAll } = openJobs(new Admission(1));
    for (let round = 0; round < 3; round += 1) {
      const jobs = [start(`running ${round}`, at('6.6.6.6'))];
      for (let n = 0; n < 32; n += 1) jobs.push(start(`${round} ${n}`, at('6.6.6.6')));
      await expect(atOnce(start('too many', at('6.6.6.6')))).rejects.toMatchObject({
        code: 'ERR_SERVER_BUSY',
      });
      await endAll();
      expect(await Promise.all(jobs)).toHaveLength(33);
    }
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('frees the place of a job that %s', async (_how, job) => {
    const admission = new Admission(1);
    await expect(admission.run(at('1.1.1.1'), job)).rejects.toThrow('broken');
    await expect(admission.run(at('1.1.1.1'), async () => 'next')).resolves.toBe('next');
  });

  it('never lets somebody who comes now slip in before a waiter', async () => {
    const { started, start, running, endAll } = openJobs(new Admission(1));
    const jobs = [start('running', at('1.1.1.1')), start('waiting', at('2.2.2.2'))];
    running.get('running')?.();
    await Promise.resolve();
    jobs.push(start('late', at('3.3.3.3')));
    await endAll();
    await Promise.all(jobs);
    expect(started).toEqual(['running', 'waiting', 'late']);
  });

  it('settles every one of 10,000 random jobs and never runs too many', async () => {
    const random = seededRandom(20_261_123);
    const concurrency = 3;
    const admission = new Admission(concurrency);
    const seen = { running: 0, most: 0, ran: 0, failed: 0, busy: 0 };
    const job = async (): Promise<void> => {
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      for (let steps = Math.floor(random() * 4); steps > 0; steps -= 1) await Promise.resolve();
      seen.running -= 1;
      seen.ran += 1;
      if (random() < 0.2) throw new Error('broken');
    };
    const jobs: Promise<void>[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      const lane = at(`10.0.0.${Math.floor(random() * 20)}`, `user ${Math.floor(random() * 5)}`);
      jobs.push(
        admission.run(lane, job).catch((error: { code?: string }) => {
          if (error.code === 'ERR_SERVER_BUSY') seen.busy += 1;
          else seen.failed += 1;
        }),
      );
      if (random() < 0.15) await settled();
    }
    await Promise.all(jobs);
    expect(seen.most).toBe(concurrency);
    expect(seen.ran + seen.busy).toBe(10_000);
    expect(seen.running).toBe(0);
    await expect(admission.run(at('1.1.1.1'), async () => 'free')).resolves.toBe('free');
  });
});

describe('a full queue', () => {
  it('takes the newest place of the longest lane for an address that has none', async () => {
    const { started, start, endAll } = openJobs(new Admission(1));
    const flood = Array.from({ length: 8 * 32 + 1 }, (_, n) => start(`flood ${n}`, at(`6.6.6.${n % 8}`)));
    const refused = Promise.allSettled(flood);
    const honest = Promise.allSettled([start('honest', at('1.1.1.1'))]);
    await endAll();
    expect(await honest).toEqual([{ status: 'fulfilled', value: 'honest' }]);
    const busy = (await refused).filter(({ status }) => status === 'rejected');
    expect(busy).toMatchObject([{ reason: { code: 'ERR_SERVER_BUSY', retryAfterSeconds: 1 } }]);
    expect(started).toHaveLength(8 * 32 + 1);
  });

  it('refuses a newcomer when every lane is as short as its own', async () => {
    const { start, endAll } = openJobs(new Admission(1));
    const all = Array.from({ length: 257 }, (_, n) => start(`one of ${n}`, at(`10.0.${n >> 8}.${n & 255}`)));
    await expect(start('late', at('1.1.1.1'))).rejects.toMatchObject({ code: 'ERR_SERVER_BUSY' });
    await endAll();
    expect(await Promise.all(all)).toHaveLength(257);
  });
});
