import { describe, expect, it } from 'vitest';
import { house } from './house.ts';
import { readTree, type SourceTree } from './source-tree.ts';
import {
  codesAreDocumented,
  entriesAgree,
  examplesUseThePublicEntries,
  tableIsPrinted,
} from './surface-rules.ts';

const checkout = readTree('src', 'docs', 'examples', 'package.json', 'tsconfig.json', 'typedoc.json');

describe('codes', () => {
  const errors = "export type AuthErrorCode = | 'ERR_A' | 'ERR_B';";
  const statuses = 'export const httpStatus = { ERR_A: { status: 401 }, ERR_B: { status: 503 } };';
  const reference =
    '| code | status |\n|---|---|\n| `ERR_A` | 401 | … |\n| `ERR_B` | 503 + `Retry-After` | … |\n';

  it('have a status and a row in the reference', () => {
    expect(codesAreDocumented(checkout)).toEqual([]);
  });

  it('are content when the three agree', () => {
    expect(codesAreDocumented(pages(errors, statuses, reference))).toEqual([]);
  });

  it.each([
    [
      'without a status',
      errors,
      statuses.replace(/, ERR_B.*}/, ' }'),
      reference,
      'status.ts: has no row for ERR_B',
    ],
    [
      'without a row',
      errors,
      statuses,
      reference.replace('`ERR_B`', 'ERR_B'),
      'errors.md: has no row for ERR_B',
    ],
    [
      'with a status of nothing',
      errors.replace("| 'ERR_B'", ''),
      statuses,
      reference,
      'status.ts: has a row for ERR_B',
    ],
    [
      'with a row of nothing',
      errors.replace("| 'ERR_B'", ''),
      statuses,
      reference,
      'errors.md: has a row for ERR_B',
    ],
    ['with another number', errors, statuses, reference.replace('503', '500'), 'says 500 for ERR_B'],
    ['without a number', errors, statuses, reference.replace('401', 'none'), 'says none for ERR_A'],
    ['of another union', errors.replace('AuthErrorCode', 'Code'), statuses, reference, 'has no codes'],
  ])('are caught %s', (_, ...[code, status, rows, message]) => {
    expect(codesAreDocumented(pages(code, status, rows)).join()).toContain(message);
  });

  it('are caught without their pages', () => {
    expect(codesAreDocumented(new Map([['src/core/errors.ts', errors]]))).toEqual([
      'src/http/status.ts: is missing',
      'docs/reference/errors.md: is missing',
    ]);
  });

  function pages(code: string, status: string, rows: string): SourceTree {
    return new Map([
      ['src/core/errors.ts', code],
      ['src/http/status.ts', status],
      ['docs/reference/errors.md', rows],
    ]);
  }
});

describe('examples', () => {
  const manifest = JSON.stringify({ exports: { '.': {}, './express': {} } });
  const example = (text: string, path = 'examples/shop/app.mjs'): SourceTree =>
    new Map([
      ['package.json', manifest],
      [path, text],
    ]);

  it('use the public entries', () => {
    expect(examplesUseThePublicEntries(checkout)).toEqual([]);
  });

  it.each([
    "import { createAuth } from 'ostiary';",
    "import { requireAuth } from 'ostiary/express';",
    "import express from 'express';",
    "import { join } from 'node:path';",
    "import { users } from './users.mjs';",
  ])('may say %s', (text) => {
    expect(examplesUseThePublicEntries(example(text))).toEqual([]);
  });

  it.each([
    "import { hkdf } from 'ostiary/core';",
    "import { a } from 'ostiary/dist/index.js';",
    "import { a } from '../../src/index.ts';",
    "import { a } from '../../dist/index.js';",
    "import { users } from '../other/users.mjs';",
    "const a = await import('../start.mjs');",
    "const { a } = require('../../package.json');",
    'await import(name);',
  ])('are caught with %s', (text) => {
    expect(examplesUseThePublicEntries(example(text))).toHaveLength(1);
  });

  it('are caught as packages of their own', () => {
    expect(examplesUseThePublicEntries(example('{}', 'examples/shop/package.json'))).toHaveLength(1);
  });
});

describe('the lists of entries', () => {
  it('are one list', () => {
    expect(entriesAgree(checkout)).toEqual([]);
  });

  it.each([
    ['exports', 'package.json', '"./passport": {', '"./passports": {'],
    ['typesVersions', 'package.json', '"stores/memory": [', '"stores/memories": ['],
    ['the paths of the compiler', 'tsconfig.json', '"ostiary/express"', '"ostiary/expres"'],
    [
      'the entry points of the documentation',
      'typedoc.json',
      'src/hashers/index.ts',
      'src/hashers/bcrypt.ts',
    ],
  ])('are caught when %s differ', (_, path, from, to) => {
    const text = checkout.get(path) ?? '';
    expect(text).toContain(from);
    expect(entriesAgree(new Map([...checkout, [path, text.replace(from, to)]]))).not.toEqual([]);
  });
});

describe('the table of the house', () => {
  const table = house.map((room) => `| ${room.row.join(' | ')} |`).join('\n');
  const page = (text: string): SourceTree => new Map([...checkout, ['docs/architecture.md', text]]);

  it('is printed in docs/architecture.md', () => {
    expect(tableIsPrinted(checkout)).toEqual([]);
  });

  it('may be set in columns', () => {
    expect(tableIsPrinted(page(table.replaceAll(' | ', '   | ')))).toEqual([]);
  });

  it('need not print rooms that are not there yet', () => {
    expect(tableIsPrinted(page(table.replace(/^\| `testing.*\n/m, '')))).toEqual([]);
  });

  it.each([
    [
      'without a room that is there',
      table.replace(/^\| `http.*\n/m, ''),
      'does not print this row: | `http`',
    ],
    [
      'with another row',
      table.replace('`core`, `http` |', '`core`, `jwt` |'),
      'not in the table: | `express`',
    ],
    ['with a package too many', table.replace('`jose`,', '`jose`, `zod`,'), 'not in the table: | `jwt`'],
  ])('is caught %s', (_, text, message) => {
    expect(tableIsPrinted(page(text)).join()).toContain(message);
  });

  it('is caught when there is no page', () => {
    const tree = new Map([...checkout].filter(([path]) => path !== 'docs/architecture.md'));
    expect(tableIsPrinted(tree)).toEqual(['docs/architecture.md: is missing']);
  });
});

describe('the notices', () => {
  it.each(['bcryptjs'])('hold the license of %s, whose code is in dist', (name) => {
    const [license] = readTree(`node_modules/${name}/LICENSE`).values();
    const [notices] = readTree('THIRD-PARTY-NOTICES').values();
    expect(license).toContain('Copyright');
    expect(notices).toContain(license);
  });
});
