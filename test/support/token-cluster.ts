/** Several processes of one application over one store, each of which can be killed between two calls of the store. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { embedWorker } from '../../embed-worker.ts';
import type { KillPlan } from './state-server.ts';
import type { Order, TokenCalls } from './token-process.ts';

/** The tools have no types. */
interface Tools {
  readonly twins: readonly { readonly name: string; readonly file: string }[];
  readonly breakLine: (code: string, twin: object) => string;
}

const load = (file: string): Promise<Tools> => import(new URL(file, import.meta.url).href);
const { twins } = await load('../twins/twins.mjs');
const { breakLine } = await load('../twins/twin-plugin.mjs');
const root = fileURLToPath(new URL('../../', import.meta.url));

/** What came of an order: `answered`, `killed`, or the code of the refusal. */
interface Answer<Value> {
  readonly end: string;
  readonly value?: Value;
}

/** An application in a process of its own. */
export interface TokenProcess {
  readonly pid: number;
  /** Seconds that its clock is ahead of when the test began. */
  ask<Call extends keyof TokenCalls>(
    call: Call,
    given: Parameters<TokenCalls[Call]>,
    seconds?: number,
  ): Promise<Answer<Awaited<ReturnType<TokenCalls[Call]>>>>;
}

export class TokenCluster {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ostiary-cluster-'));
  private readonly children = new Set<ChildProcess>();
  private readonly began = Math.floor(Date.now() / 1000);
  private server: ChildProcess | undefined;
  private port = 0;

  async start(): Promise<void> {
    await build({
      entryPoints: ['state-server', 'token-process'].map((name) => join(root, `test/support/${name}.ts`)),
      outdir: this.folder,
      outExtension: { '.js': '.cjs' },
      ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' },
      plugins: [twinOf(process.env['OSTIARY_TWIN']), embedWorker()],
    });
    this.server = this.fork('state-server', []);
    const [{ port }] = (await once(this.server, 'message')) as [{ readonly port: number }];
    this.port = port;
  }

  /** Another process. A spent refresh token gets its answer again for so many seconds. */
  process(graceSeconds: number): TokenProcess {
    const child = this.fork('token-process', [String(this.port), String(graceSeconds)]);
    const open = new Map<number, (answer: Answer<never>) => void>();
    const settle = (id: number, answer: Answer<never>): void => {
      open.get(id)?.(answer);
      open.delete(id);
    };
    child.on('message', ({ id, ...answer }: Answer<never> & { readonly id: number }) => settle(id, answer));
    child.once('exit', (code, signal) => {
      this.children.delete(child);
      const end = signal === 'SIGKILL' ? 'killed' : `ended by itself with ${code}`;
      for (const id of [...open.keys()]) settle(id, { end });
    });
    let orders = 0;
    return {
      pid: child.pid ?? 0,
      ask: (call, given, seconds = 0) => {
        orders += 1;
        const order: Order = { id: orders, call, given, at: this.began + seconds };
        return new Promise((resolve) => {
          open.set(order.id, resolve);
          child.send(order);
        });
      },
    };
  }

  /** The process is killed when its next call of that number is done. Answers the calls since it was last told. */
  async killAfter({ pid }: TokenProcess, call: number): Promise<readonly string[]> {
    const { server } = this;
    if (server === undefined) throw new Error('the cluster has not been started');
    const plan: KillPlan = { process: pid, call };
    const told = once(server, 'message') as Promise<[{ readonly calls: readonly string[] }]>;
    server.send(plan);
    const [{ calls }] = await told;
    return calls;
  }

  stop(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }

  private fork(name: string, args: readonly string[]): ChildProcess {
    const child = fork(join(this.folder, `${name}.cjs`), [...args], { execArgv: [] });
    this.children.add(child);
    return child;
  }
}

/** The processes are broken with the test: what vitest loads is not what they run. */
function twinOf(name: string | undefined): Plugin {
  return {
    name: 'twin',
    setup: ({ onLoad }) => {
      const twin = twins.find((each) => each.name === name);
      if (twin === undefined) return;
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path === join(root, twin.file)
          ? { contents: breakLine(readFileSync(path, 'utf8'), twin), loader: 'ts' }
          : undefined,
      );
    },
  };
}
