import { describe, expect, it } from 'vitest';
import { house } from './house.ts';
import {
  arrowsPointDown,
  augmentationsAreAskedFor,
  noCircles,
  packagesAreAtHome,
  portsAreTypes,
  wrongRows,
} from './import-rules.ts';
import { readTree, type SourceTree } from './source-tree.ts';

const checkout = readTree('src', 'tsconfig.json');
const paths = JSON.stringify({ compilerOptions: { paths: { ostiary: ['./src/index.ts'] } } });

it('looks at the sources', () => {
  expect([...checkout.keys()]).toContain('src/core/errors.ts');
});

describe('the table', () => {
  it('points down only', () => {
    expect(wrongRows()).toEqual([]);
  });

  it.each([
    ['upward', 4],
    ['sideways', 2],
  ])('would not stand with a row that points %s', (_, floor) => {
    const [ports, core, jwt] = house;
    if (ports === undefined || core === undefined || jwt === undefined) return expect.fail('no rows');
    const other = { ...core, floor, holds: ['tower/'] };
    expect(wrongRows([ports, core, other, { ...jwt, imports: ['tower/'] }])).toHaveLength(1);
  });
});

describe('arrows', () => {
  it('point down only, and not past the table', () => {
    expect(arrowsPointDown(checkout)).toEqual([]);
  });

  it.each<[string, SourceTree, string]>([
    [
      'upward',
      one('src/core/auth.ts', "import { bcrypt } from '../hashers/index.ts';"),
      'upward: src/hashers/index.ts',
    ],
    [
      'upward, of a type',
      one('src/http/a.ts', "import type { A } from '../express/a.ts';"),
      'upward: src/express/a.ts',
    ],
    [
      'upward, by a re-export',
      one('src/core/a.ts', "export { a } from '../index.ts';"),
      'upward: src/index.ts',
    ],
    ['upward, by import()', one('src/core/a.ts', "await import('../http/a.ts');"), 'upward: src/http/a.ts'],
    [
      'upward, by an import type',
      one('src/core/a.ts', "type A = import('../http/a.ts').A;"),
      'upward: src/http/a.ts',
    ],
    [
      'out of the ports',
      one('src/core/ports/a.ts', "import type { A } from '../errors.ts';"),
      'upward: src/core/errors.ts',
    ],
    [
      'between implementations',
      one('src/jwt/a.ts', "import { a } from '../hashers/a.ts';"),
      'sideways: src/hashers/a.ts',
    ],
    [
      'between stores',
      one('src/stores/sql/a.ts', "import '../memory/a.ts';"),
      'sideways: src/stores/memory/a.ts',
    ],
    [
      'between frameworks',
      one('src/express/a.ts', "import '../passport/a.ts';"),
      'sideways: src/passport/a.ts',
    ],
    [
      'past http',
      one('src/express/a.ts', "import { bcrypt } from '../hashers/index.ts';"),
      'past its row: src/hashers/index.ts',
    ],
    [
      'of http to the composition',
      one('src/http/a.ts', "import '../create-auth.ts';"),
      'past its row: src/create-auth.ts',
    ],
    [
      'out of src',
      one('src/core/a.ts', "import '../../test/support/a.ts';"),
      'test/support/a.ts, which is in no room',
    ],
    [
      'of the command line to what is private',
      one('src/cli/main.ts', "import '../http/a.ts';"),
      'which is not public',
    ],
  ])('are caught when they point %s', (_, tree, message) => {
    expect(arrowsPointDown(tree).join()).toContain(message);
  });

  it('lets the command line use what is public', () => {
    expect(arrowsPointDown(one('src/cli/main.ts', "import '../index.ts';"))).toEqual([]);
  });

  it('catches a file in no room', () => {
    expect(arrowsPointDown(one('src/attic/a.ts', ''))).toEqual([
      'src/attic/a.ts: is in no room of the table',
    ]);
  });
});

describe('packages and built-ins', () => {
  it('are imported where the table says', () => {
    expect(packagesAreAtHome(checkout)).toEqual([]);
  });

  it.each([
    ['src/core/secrets.ts', "import { createHmac } from 'node:crypto';", 'node:crypto'],
    ['src/core/auth.ts', "import { channel } from 'node:diagnostics_channel';", 'node:diagnostics_channel'],
    ['src/core/crypto.ts', "import { readFileSync } from 'node:fs';", 'node:fs'],
    ['src/core/crypto.ts', "import { createHash } from 'crypto';", 'crypto'],
    ['src/core/ports/clock.ts', "import type { Server } from 'node:http';", 'node:http'],
    ['src/hashers/bcrypt.ts', "import { hash } from 'argon2';", 'argon2'],
    ['src/express/guard.ts', "import type { Request } from 'express';", 'express'],
    ['src/express/guard.ts', "import { AuthError } from 'ostiary';", 'ostiary'],
    ['src/passport/local.ts', "import passport from 'passport';", 'passport'],
    ['src/http/body.ts', "const raw = require('raw-body');", 'raw-body'],
    ['src/stores/memory/a.ts', "await import('node:fs/promises');", 'node:fs/promises'],
    ['src/stores/memory/a.ts', "const name = 'x'; await import(name);", '?'],
    ['src/core/a.ts', "process.getBuiltinModule('fs');", 'fs'],
    ['src/cli/main.ts', "import { parse } from 'commander';", 'commander'],
  ])('are caught in %s: %s', (path, text, specifier) => {
    expect(packagesAreAtHome(one(path, text))).toEqual([`${path}: imports ${specifier}`]);
  });
});

describe('the ports', () => {
  it('are types', () => {
    expect(portsAreTypes(checkout)).toEqual([]);
  });

  it.each([
    'export const now = 0;',
    'export function now(): void {}',
    'export class Clock {}',
    "import { a } from './a.ts';",
    "import './a.ts';",
    "export { a } from './a.ts';",
    "export * from './a.ts';",
    'now();',
  ])('are caught with %s', (text) => {
    expect(portsAreTypes(one('src/core/ports/clock.ts', text))).toHaveLength(1);
  });
});

describe('circles', () => {
  it('are not there', () => {
    expect(noCircles(checkout)).toEqual([]);
  });

  it('are caught over any number of files', () => {
    const tree = new Map([
      ['src/core/a.ts', "import './b.ts';"],
      ['src/core/b.ts', "import type { C } from './login/c.ts';"],
      ['src/core/login/c.ts', "export { a } from '../a.ts';"],
    ]);
    expect(noCircles(tree)).toEqual([
      'src/core/a.ts: imports itself: src/core/a.ts → src/core/b.ts → src/core/login/c.ts → src/core/a.ts',
    ]);
  });

  it('are caught behind a file that is not in them', () => {
    const tree = new Map([
      ['src/core/a.ts', "import './b.ts';"],
      ['src/core/b.ts', "import './c.ts';"],
      ['src/core/c.ts', "import './b.ts';"],
    ]);
    expect(noCircles(tree)).toEqual([
      'src/core/b.ts: imports itself: src/core/b.ts → src/core/c.ts → src/core/b.ts',
    ]);
  });

  it('are not seen where two files import the same third', () => {
    const tree = new Map([
      ['src/core/a.ts', "import './b.ts'; import './c.ts';"],
      ['src/core/b.ts', "import './c.ts';"],
      ['src/core/c.ts', ''],
    ]);
    expect(noCircles(tree)).toEqual([]);
  });
});

describe('augmentations', () => {
  const augment = 'declare global { namespace Express { interface Request { auth?: object } } }';

  it('stand alone', () => {
    expect(checkout.has('src/express/augment.ts')).toBe(true);
    expect(augmentationsAreAskedFor(checkout)).toEqual([]);
    expect(augmentationsAreAskedFor(one('src/express/augment.ts', augment))).toEqual([]);
  });

  it.each([
    ['src/express/index.ts', augment],
    ['src/express/index.ts', "import './augment.ts';"],
    ['src/express/index.ts', "export {} from './augment.ts';"],
    ['src/passport/index.ts', "import '../express/augment.ts';"],
  ])('are caught in %s: %s', (path, text) => {
    expect(augmentationsAreAskedFor(one(path, text))).toHaveLength(1);
  });
});

function one(path: string, text: string): SourceTree {
  return new Map([
    [path, text],
    ['tsconfig.json', paths],
  ]);
}
