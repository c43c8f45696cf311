import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { installation } from './consumer-installation.ts';
import { packagesOf } from './consumer-matrix.ts';
import { compile } from './consumer-program.ts';
import type { Setting } from './consumer-settings.ts';

const workspace = inject('workspace');
const variant = { express: 5, passport: true } as const;
const newest: Setting = { typescript: '7.0', resolution: 'nodenext' };
const oldest: Setting = { typescript: '5.4', resolution: 'node16' };
const oldWay: Setting = { typescript: '5.9', resolution: 'node10' };

/** What the applications are told when the package has been changed like this. */
function problemsAfter(
  change: (ostiary: string) => void,
  { setting = newest, beside = [] as readonly string[] } = {},
): string {
  const name = 'broken';
  fs.rmSync(join(workspace.tarball, '../consumers', name), { recursive: true, force: true });
  const application = installation(workspace, name, [...packagesOf(variant), ...beside]);
  change(join(application, 'node_modules/ostiary'));
  const sources = ['shop', 'with-passport', ...(beside.length > 0 ? ['beside-bearer'] : ['untouched'])];
  return compile(workspace, setting, { application, name, sources }).problems;
}

/** Edits the declarations of an entry, in both formats. */
function edit(
  ostiary: string,
  entry: string,
  change: (text: string, extension: 'js' | 'cjs') => string,
): void {
  for (const extension of ['js', 'cjs'] as const) {
    const path = join(ostiary, 'dist', `${entry}.d.${extension.replace('j', 't')}`);
    const text = fs.readFileSync(path, 'utf8');
    const changed = change(text, extension);
    expect(changed).not.toBe(text);
    fs.writeFileSync(path, changed);
  }
}

describe('an application is told', () => {
  it('of nothing as long as the package is whole', () => {
    expect(problemsAfter(() => undefined)).toBe('');
  });

  it.each([newest, oldest, oldWay])(
    'of a class of passport-strategy in the declarations, by TypeScript $typescript',
    (setting) => {
      const leak = (ostiary: string): void =>
        edit(ostiary, 'passport', (text) =>
          text.replace(/declare const Strategy: .*;/, "import Strategy from 'passport-strategy';"),
        );
      const problems = problemsAfter(leak, { setting });
      expect(problems).toMatch(/ostiary\/dist\/passport\.d\.c?ts\(.*TS7016: .*'passport-strategy'/);
    },
  );

  it('of an augmentation that comes with ostiary/express', () => {
    const bring = (ostiary: string): void =>
      edit(ostiary, 'express', (text, extension) => `import './express/augment.${extension}';\n${text}`);
    expect(problemsAfter(bring)).toMatch(/untouched\/request\.ts.*TS2578: Unused '@ts-expect-error'/);
    expect(problemsAfter(bring, { beside: ['express-oauth2-jwt-bearer'] })).toContain('TS2717');
  });

  it('of declarations for CommonJS that are missing', () => {
    const remove = (ostiary: string): void => fs.rmSync(join(ostiary, 'dist/express.d.cts'));
    expect(problemsAfter(remove, { setting: oldWay })).toMatch(/TS(7016|2307): .*'ostiary\/express'/);
    expect(problemsAfter(remove)).toMatch(/cjs\/shop\/app\.ts.*TS(7016|2307): .*'ostiary\/express'/);
  });

  it('of an entry that node10 cannot find', () => {
    const forget = (ostiary: string): void => {
      const path = join(ostiary, 'package.json');
      const { typesVersions: _without, ...manifest } = JSON.parse(fs.readFileSync(path, 'utf8'));
      fs.writeFileSync(path, JSON.stringify(manifest));
    };
    expect(problemsAfter(forget)).toBe('');
    expect(problemsAfter(forget, { setting: oldWay })).toMatch(/TS2307: .*'ostiary\/express'/);
  });

  it('of ES module declarations where CommonJS ones belong', () => {
    const swap = (ostiary: string): void => {
      const path = join(ostiary, 'package.json');
      fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replaceAll('.d.cts', '.d.ts'));
    };
    // Newer ones have nothing against it: there require() loads ES modules.
    expect(problemsAfter(swap, { setting: oldest })).toMatch(/forms\/required\.cts.*TS14(71|79)/);
  });

  it('of a type that has no name outside of the package', () => {
    const hide = (ostiary: string): void =>
      edit(ostiary, 'express', (text) => text.replace(/\w+ as RequestAuth, /, ''));
    expect(problemsAfter(hide)).toMatch(/shop\/app\.ts.*TS(2742|4023|4058|2883)/);
  });

  it('of a type that its compiler is too old for', () => {
    const modernise = (ostiary: string): void =>
      edit(ostiary, 'hashers', (text) => `${text}\nexport declare const salt: Uint8Array<ArrayBuffer>;\n`);
    expect(problemsAfter(modernise)).toBe('');
    expect(problemsAfter(modernise, { setting: oldest })).toMatch(/hashers\.d\.c?ts.*TS2315/);
  });
});
