/** The TypeScript in the documentation, compiled and run in an application that has installed the package. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = ['express', 'express-session', 'passport', 'nodemailer', '@types'];

/** What every snippet finds beside it: the application that a reader has, with a table in an array. */
const yourApp = `
import type { UserStore } from 'ostiary';
export interface Customer {
  customer_id: number;
  mail: string;
  pwd: string | null;
  mail_verified: boolean;
  name: string | null;
}
const hash = '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW';
const rows: Customer[] = [
  { customer_id: 7, mail: 'Ann@example.com', pwd: hash, mail_verified: true, name: 'Ann' },
];
const byId = (id: unknown) => rows.find((row) => row.customer_id === id);
const byMail = (mail: unknown) => rows.find((row) => row.mail.toLowerCase() === mail);
function write(row: Customer | undefined, matches: boolean, changes: Partial<Customer>): Customer | undefined {
  return row !== undefined && matches ? Object.assign(row, changes) : undefined;
}
const queries: Record<string, (...values: any[]) => Customer | undefined> = {
  'select * from customers where customer_id = $1': byId,
  'select * from customers where lower(mail) = $1': byMail,
  'insert into customers (mail, pwd, name) values ($1, $2, $3) on conflict do nothing returning *': (mail, pwd, name) => {
    if (byMail(mail) !== undefined) return undefined;
    rows.push({ customer_id: rows.length + 7, mail, pwd, mail_verified: false, name });
    return rows.at(-1);
  },
  'update customers set pwd = $1 where customer_id = $2 and pwd is not distinct from $3 returning *': (next, id, expected) =>
    write(byId(id), byId(id)?.pwd === expected, { pwd: next }),
  'update customers set pwd = $1, name = $4 where customer_id = $2 and pwd is not distinct from $3 returning *': (next, id, expected, name) =>
    write(byId(id), byId(id)?.pwd === expected, { pwd: next, name }),
  'update customers set mail_verified = true where customer_id = $1 and mail = $2 returning *': (id, mail) =>
    write(byId(id), byId(id)?.mail === mail, { mail_verified: true }),
  'update customers set mail = $3, mail_verified = true where customer_id = $1 and mail is not distinct from $2 returning *': (id, from, to) => {
    if (byMail(to) !== undefined) throw Object.assign(new Error('duplicate key'), { code: '23505' });
    return write(byId(id), byId(id)?.mail === from, { mail: to, mail_verified: true });
  },
  'delete from customers where customer_id = $1 returning *': (id) => {
    const index = rows.findIndex((row) => row.customer_id === id);
    return index === -1 ? undefined : rows.splice(index, 1)[0];
  },
};
export const db = {
  async oneOrNone<Row>(query: string, values: readonly unknown[]): Promise<Row | null> {
    const run = queries[query.replace(/\\s+/g, ' ').trim()];
    if (run === undefined) throw new Error('no such query: ' + query);
    const row = run(...values);
    return (row === undefined ? null : { ...row }) as Row | null;
  },
};
export const customers: UserStore<Customer> = {
  findById: (id) => db.oneOrNone('select * from customers where customer_id = $1', [id]),
  findByIdentifier: (mail) => db.oneOrNone('select * from customers where lower(mail) = $1', [mail]),
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
  serve(index: number): Promise<SnippetServer>;
  remove(): void;
}

/** A snippet that runs. */
export interface SnippetServer {
  readonly url: string;
  /** The port that it asked for. */
  readonly asked: unknown;
  /** What it has printed so far. */
  printed(): string;
  /** The warnings so far. */
  complained(): string;
  stop(): Promise<void>;
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
    const file = join(folder, `${nameOf(snippet) ?? `snippet-${index}`}.ts`);
    writeFileSync(file, snippet);
    return file;
  });
  const script = (index: number): string => (files[index] ?? '').replace(/\.ts$/, '.js');
  return {
    problems: compile(folder, files),
    load: (index) => import(script(index)),
    serve: (index) => serve(folder, script(index)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A snippet that begins with `// auth.ts` is what others import as `./auth.js`. */
function nameOf(snippet: string): string | undefined {
  return /^\/\/ ([a-z-]+)\.ts$/m.exec(snippet.split('\n')[0] ?? '')?.[1];
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

async function serve(folder: string, script: string): Promise<SnippetServer> {
  const child = fork(script, {
    cwd: folder,
    execArgv: ['--import', join(folder, 'any-port.js')],
    env: { AUTH_SECRET: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA', SECRET: 'mysecret' },
    silent: true,
  });
  let complaint = '';
  let printed = '';
  child.stdout?.on('data', (data) => {
    printed += data;
  });
  child.stderr?.on('data', (data) => {
    complaint += data;
  });
  const ended = once(child, 'exit');
  const [said] = await Promise.race([once(child, 'message'), ended.then(() => [undefined])]);
  if (said === undefined) throw new Error(`The snippet ended.\n${complaint}`);
  return {
    url: `http://localhost:${said.port}`,
    asked: said.asked,
    printed: () => printed,
    complained: () => complaint,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
