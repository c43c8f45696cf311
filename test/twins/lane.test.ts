import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

interface Run {
  readonly report: { readonly process: number } | undefined;
  readonly green: boolean;
  readonly late?: boolean;
  readonly printed: string;
  readonly files: readonly string[];
}

interface Lane {
  run(order: { readonly files: readonly string[] }): Promise<Run>;
  close(): void;
}

interface Tools {
  openLane(scratch: string, options: { script: string }): Lane;
}

const { openLane }: Tools = await import(new URL('lane.mjs', import.meta.url).href);

/** What stands in for vitest does as the name of the file says. What hangs is deaf, in a process of its own. */
const standIn = (port: number) => `
import { spawn } from 'node:child_process';
const deaf = 'require("node:net").connect(${port}, () => { for (;;); });';
process.on('message', ({ files: [file] }) => {
  if (file === 'dies') process.exit(console.error('out of memory'));
  else if (file === 'hangs') spawn(process.execPath, ['-e', deaf]);
  else process.send({ report: { process: process.pid }, green: true, printed: '' });
});
`;

const scratch = mkdtempSync(join(tmpdir(), 'lane-'));
const script = join(scratch, 'stand-in.mjs');
const server = createServer();
const lane = openLane(scratch, { script });
const run = (file: string) => lane.run({ files: [file] });

beforeAll(async () => {
  await once(server.listen(0), 'listening');
  writeFileSync(script, standIn((server.address() as AddressInfo).port));
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  lane.close();
  server.close();
  rmSync(scratch, { recursive: true });
});

describe('a lane', () => {
  it('asks the same process as long as it answers', async () => {
    const first = await run('answers');
    expect(first).toMatchObject({ green: true, files: ['answers'] });
    expect(await run('answers')).toEqual(first);
  });

  it('says what a process printed that died, and goes on with a new one', async () => {
    const before = await run('answers');
    const dead = await run('dies');
    expect(dead).toMatchObject({ report: undefined, green: false, late: false, printed: 'out of memory\n' });
    const after = await run('answers');
    expect(after.green).toBe(true);
    expect(after.report).not.toEqual(before.report);
  });

  it('ends what hangs, with all that it has started, and goes on with a new one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const hanging = run('hangs');
    const [deaf]: Socket[] = await once(server, 'connection');
    const ended = new Promise((resolve) => deaf?.once('error', resolve).once('close', resolve));
    vi.advanceTimersByTime(180_000);
    expect(await hanging).toMatchObject({ report: undefined, green: false, late: true });
    await ended;
    expect(await run('answers')).toMatchObject({ green: true });
  });

  it('ends its process when it is closed, and may be used again', async () => {
    const before = await run('answers');
    lane.close();
    const after = await run('answers');
    expect(after.green).toBe(true);
    expect(after.report).not.toEqual(before.report);
  });
});
