import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import tsconfig from '../../tsconfig.json' with { type: 'json' };

const root = fileURLToPath(new URL('../../', import.meta.url));
const file = `${root}test/core/a-host-of-ours.ts`;

/** What a host writes, in a file that is only in the compiler's memory. */
const text = `
import { createAuth } from '../../src/index.ts';
const customer = { key: 1, pwd: null };
const bare = createAuth({
  secret: '', issuer: '',
  users: {
    findById: async () => customer,
    findByIdentifier: async () => customer,
    toAuthUser: (row) => ({ id: row.key, passwordHash: row.pwd }),
  },
});
bare.accounts.setStatus({ user: customer, status: 'disabled' });
bare.register({ email: 'ann@shop.example', password: '' });
bare.passwords.change({ user: customer, currentPassword: '', newPassword: '' });
bare.passwords.requestReset({ identifier: 'ann' });
bare.passwords.reset({ token: '', newPassword: '' });
bare.emails.requestVerification({ user: customer });
bare.emails.verify({ token: '' });
bare.emails.requestChange({ user: customer, newEmail: 'ann@shop.example' });
bare.emails.confirmChange({ token: '' });
bare.accounts.close({ user: customer, currentPassword: '' });
interface Customer { key: number }
declare const row: Customer;
const auth = createAuth({
  secret: '', issuer: '',
  users: {
    findById: async () => row,
    findByIdentifier: async () => row,
    toAuthUser: (found) => ({ id: found.key, passwordHash: null }),
    updatePasswordHash: async () => true,
    bumpEpoch: async () => undefined,
  },
});
createAuth({
  secret: '', issuer: '',
  users: {
    findById: async () => row,
    findByIdentifier: async () => row,
    toAuthUser: (found) => ({ id: found.key, passwordHash: null }),
    create: async () => ({ ok: true as const, user: 'a row of nobody' }),
  },
});
`;

/** What is missing for each of those calls, in their order. */
const missing = [
  'setStatus',
  'create',
  ...['updatePasswordHash', 'updatePasswordHash', 'updatePasswordHash'],
  ...['markEmailVerified', 'markEmailVerified'],
  ...['replaceEmail', 'replaceEmail'],
  'delete',
];

describe('the compiler of a host', () => {
  let program: ts.Program;

  beforeAll(() => {
    const { options } = ts.convertCompilerOptionsFromJson(tsconfig.compilerOptions, root);
    const settings = { ...options, isolatedDeclarations: false, declaration: false };
    const host = ts.createCompilerHost(settings);
    const fromDisk = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) =>
      name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true) : fromDisk(name, ...rest);
    host.fileExists = (name) => name === file || ts.sys.fileExists(name);
    program = ts.createProgram([file], settings, host);
  }, 60_000);

  /** Each with the text that it stands at. */
  const found = (): readonly string[] =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ start = 0, length = 0, messageText }) => {
        const place = text.slice(start, start + length);
        return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      });

  it('names the method to add, for each call, and finds nothing else', () => {
    expect(found().slice(0, -1)).toEqual(
      missing.map((method) =>
        expect.stringContaining(`Type 'NeedsUserStoreMethod<"${method}">' has no call signatures.`),
      ),
    );
  });

  it('names create when it answers no row of the table', () => {
    const last = found().at(-1);
    expect(last).toMatch(/^create: /);
    expect(last).toMatch(/Type 'string' is not assignable to type '.*Customer/);
  });

  it('shows what the store can do when the pointer rests on it', () => {
    const source = program.getSourceFile(file);
    const checker = program.getTypeChecker();
    const shown: string[] = [];
    source?.forEachChild(function visit(node): void {
      if (ts.isVariableDeclaration(node) && node.name.getText() === 'auth') {
        shown.push(checker.typeToString(checker.getTypeAtLocation(node)));
      }
      node.forEachChild(visit);
    });
    expect(shown).toEqual(['Auth<Customer, "updatePasswordHash" | "bumpEpoch">']);
  });
});
