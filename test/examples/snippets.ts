/** The TypeScript in the documentation, compiled and run in an application that has installed the package. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = ['express', 'express-session', 'passport', '@types'];

/** What every snippet finds beside it: the application that a reader has. */
const yourApp = `
import type { UserStore } from 'ostiary';
export interface Customer { customer_id: number; mail: string; pwd: string | null }
const rows: Customer[] = [
  { customer_id: 7, mail: 'Ann@example.com', pwd: '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW' },
];
const queries: Record<string, (value: unknown) => Customer | undefined> = {
  'select * from customers where customer_id = $1': (id) => rows.find((row) => row.customer_id === id),
  'select * from customers where lower(mail) = $1': (mail) => rows.find((row) => row.mail.toLowerCase() === mail),
};
export const db = {
  async oneOrNone<Row>(query: string, [value]: readonly unknown[]): Promise<Row | null> {
    const find = queries[query];
    if (find === undefined) throw new Error('no such query: ' + query);
    return (find(value) ?? null) as Row | null;
  },
};
export const customers: UserStore<Customer> = {
  findById: async (id) => rows.find((row) => row.customer_id === id),
  findByIdentifier: async (mail) => rows.find((row) => row.mail.toLowerCase() === mail),
  toAuthUser: (row) => ({ id: row.customer_id, passwordHash: row.pwd, email: row.mail }),
};
export const sessionSecret = 'Zq9fR2mXk7TtB4yLw1NcPj6HsVd8gEa3';
`;

/** Takes any free port for the one that is asked for, and reports both. */
const anyPort = `
import { Server } from 'node:net';
const { listen } = Server.prototype;
Server.prototype.listen = function (asked, ...rest) {
  this.once('listening', () => process.send({ asked, port: this.address().port }));
  return listen.call(this, 0, ...rest);
};
`;

/** The TypeScript blocks of a page, in order. */
export function snippetsOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, snippet]) => snippet ?? '');
}

/** A compiled application. */
export interface SnippetApp {
  /** What the compiler says of snippets, and of nothing else. */
  readonly problems: readonly string[];
  /** The module of the snippet with this number. */
  load(index: number): Promise<Readonly<Record<string, unknown>>>;
  /** Runs the snippet with this number as a program that listens. */
  serve(index: number): Promise<{ readonly url: string; readonly asked: unknown; stop(): Promise<void> }>;
  remove(): void;
}

/** Writes the snippets, unchanged, into an application and compiles it. */
export function compileSnippets(snippets: readonly string[]): SnippetApp {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-snippets-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'ostiary'), 'dir');
  for (const name of installed)
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'your-app.ts'), yourApp);
  writeFileSync(join(folder, 'any-port.js'), anyPort);
  const files = snippets.map((snippet, index) => {
    const file = join(folder, `snippet-${index}.ts`);
    writeFileSync(file, snippet);
    return file;
  });
  return {
    problems: compile(folder, files),
    load: (index) => import(join(folder, `snippet-${index}.js`)),
    serve: (index) => serve(folder, join(folder, `snippet-${index}.js`)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function compile(folder: string, files: readonly string[]): readonly string[] {
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noImplicitReturns: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(folder, 'node_modules', '@types')],
  });
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(
    ({ file, messageText }) =>
      `${file?.fileName.slice(folder.length + 1) ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
}

async function serve(
  folder: string,
  script: string,
): Promise<{ readonly url: string; readonly asked: unknown; stop(): Promise<void> }> {
  const child = fork(script, {
    cwd: folder,
    execArgv: ['--import', join(folder, 'any-port.js')],
    env: { AUTH_SECRET: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA' },
    silent: true,
  });
  let complaint = '';
  child.stderr?.on('data', (data) => {
    complaint += data;
  });
  const ended = once(child, 'exit');
  const [said] = await Promise.race([once(child, 'message'), ended.then(() => [undefined])]);
  if (said === undefined) throw new Error(`The snippet ended.\n${complaint}`);
  return {
    url: `http://localhost:${said.port}`,
    asked: said.asked,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
