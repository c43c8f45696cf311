/** A project in plain JavaScript, into which snippets of the README were pasted as it says. */

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from './bundled-host.ts';
import { npm } from './npm.ts';
import type { Workspace } from './workspace.ts';

/** The text of the README. */
export const readme: string = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const tools = JSON.parse(readFileSync(new URL('./tools/package.json', import.meta.url), 'utf8')) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};

export type Format = 'module' | 'commonjs';

/** What the reader has: a table of one customer with the password 123. */
const yourApp = `
const ann = { customer_id: 7, mail: 'Ann@example.com', pwd: '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW' };
const finders = {
  'select * from customers where customer_id = $1': (id) => String(id) === '7',
  'select * from customers where lower(mail) = $1': (mail) => mail === 'ann@example.com',
};
const db = { oneOrNone: async (query, [value]) => (finders[query](value) ? ann : null) };
const customers = {
  findById: async (id) => (String(id) === '7' ? ann : null),
  findByIdentifier: async (mail) => (mail.toLowerCase() === 'ann@example.com' ? ann : null),
  toAuthUser: (row) => ({ id: row.customer_id, passwordHash: row.pwd, email: row.mail }),
};
const sessionSecret = 'Zq9fR2mXk7TtB4yLw1NcPj6HsVd8gEa3';
`;

const exported = {
  module: 'export { customers, db, sessionSecret };',
  commonjs: 'module.exports = { customers, db, sessionSecret };',
};

/** Takes any free port for the one in the snippet, says which, and ends with the tests. */
const anyPort = `
const { Server } = require('node:net');
const { listen } = Server.prototype;
Server.prototype.listen = function (asked, ...rest) {
  this.once('listening', () => console.log('listening on http://127.0.0.1:' + this.address().port));
  return listen.call(this, 0, ...rest);
};
process.stdin.once('end', () => process.exit()).resume();
`;

/** An empty project with the package and what the README installs beside it. */
export function installed(workspace: Workspace): string {
  const folder = emptyFolder(workspace, 'quick-start');
  writeFileSync(join(folder, 'package.json'), '{}');
  const beside = ['express', 'express-session', 'passport'].map(
    (name) => `${name}@${tools.devDependencies[name]}`,
  );
  npm(folder, ['install', '--no-audit', '--no-fund', '--prefer-offline', workspace.tarball, ...beside]);
  return folder;
}

/** The project in one of the formats, with `quick-start.js` and `api.js`. */
export function projectOf(workspace: Workspace, from: string, format: Format): string {
  const folder = emptyFolder(workspace, format);
  cpSync(join(from, 'node_modules'), join(folder, 'node_modules'), { recursive: true });
  const [quickStart = '', , api = ''] = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
    ([, text]) => text,
  );
  const files = {
    'package.json': JSON.stringify({ type: format }),
    'any-port.cjs': anyPort,
    'your-app.js': yourApp + exported[format],
    'quick-start.js': pasted(quickStart, format),
    'api.js': pasted(api, format),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The snippet as the README tells people of JavaScript and of CommonJS to change it, and nothing else. */
export function pasted(snippet: string, format: Format): string {
  const script = snippet.replace('type Customer, ', '').replaceAll('<Customer>', '');
  if (format === 'module') return script;
  return script.replace(/^import (.+) from ('.+');/gm, 'const $1 = require($2);');
}
