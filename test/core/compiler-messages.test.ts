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
`;

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

  it('names the method to add, and finds nothing else', () => {
    const found = ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`Type 'NeedsUserStoreMethod<"setStatus">' has no call signatures.`);
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
