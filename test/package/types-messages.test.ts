import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as TypeScript from 'typescript';
import { describe, expect, inject, it } from 'vitest';
import { installation } from './consumer-installation.ts';
import { compilers } from './consumer-matrix.ts';
import { compile, written } from './consumer-program.ts';
import { compilerFolder } from './consumer-settings.ts';

const workspace = inject('workspace');
const require = createRequire(import.meta.url);
const sources = ['messages'];

/** The places that are asked about: the last of these words, and the name behind it. */
const places = [
  'const plain',
  'const auth',
  'plain.accounts',
  'plain.accounts.setStatus',
  'auth.accounts.setStatus',
  'auth.login',
];

describe('an editor', () => {
  it.each(compilers.filter(({ typescript }) => typescript !== '7.0'))(
    'says what a store can do, with TypeScript $typescript',
    async (setting) => {
      const application = installation(workspace, 'messages', ['ostiary']);
      const folder = written(setting, { application, name: 'hover', sources, types: [], formats: ['esm'] });
      const ts: typeof TypeScript = require(compilerFolder(workspace, setting.typescript));
      const hovers = hoversIn(ts, folder, join(folder, 'esm/messages/messages.ts'));
      await expect(`${hovers.join('\n\n')}\n`).toMatchFileSnapshot(
        `messages/hover-${setting.typescript}.txt`,
      );
    },
  );
});

describe('a compiler', () => {
  it.each(compilers)('says what to add to the store, as TypeScript $typescript', async (setting) => {
    const application = installation(workspace, 'messages', ['ostiary']);
    const program = { application, name: 'error', sources, types: [], formats: ['esm'] as const };
    const { problems } = compile(workspace, setting, program);
    await expect(problems).toMatchFileSnapshot(`messages/error-${setting.typescript}.txt`);
    expect(problems.match(/error TS/g)).toHaveLength(1);
    expect(problems).toContain('NeedsUserStoreMethod<"setStatus">');
  });
});

function hoversIn(ts: typeof TypeScript, folder: string, file: string): readonly string[] {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const text = ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
  });
  const text = ts.sys.readFile(file) ?? '';
  return places.map((place) => {
    const position = text.indexOf(place) + place.length - 1;
    const shown = service.getQuickInfoAtPosition(file, position);
    return `${place}\n${ts.displayPartsToString(shown?.displayParts)}`;
  });
}
