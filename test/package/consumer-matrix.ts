/** The cells of the matrix: a compiler, its way to resolve, the types of Express and of Passport. */

import { describe, expect, inject, it } from 'vitest';
import { installation } from './consumer-installation.ts';
import { type Compilation, compile } from './consumer-program.ts';
import { formatsOf, type Setting, settings } from './consumer-settings.ts';

const always = ['ostiary', '@types/node', '@types/express-session'];

/** What an application installs. Express first: whatever comes after it is content with any version of its types. */
export function packagesOf({ express, passport }: Variant): readonly string[] {
  return [
    express === 4 ? '@types/express4' : '@types/express',
    ...always,
    ...(passport ? ['@types/passport'] : []),
  ];
}

/** Which types are there beside ours. */
export interface Variant {
  readonly express: 4 | 5;
  readonly passport: boolean;
}

/** For folders. */
export function nameOf({ express, passport }: Variant): string {
  return `express-${express}-${passport ? 'with' : 'without'}-passport`;
}

/** Has a test for each cell of one version of Express' types. */
export function describeConsumers(express: 4 | 5): void {
  const workspace = inject('workspace');

  describe.each([
    { folder: 'with-passport', passport: true },
    { folder: 'without-passport', passport: false },
  ])(`an application with @types/express ${express} and $folder`, ({ folder, passport }) => {
    it.each(settings)('compiles with TypeScript $typescript and $resolution', (setting) => {
      const application = installation(
        workspace,
        `express-${express}-${folder}`,
        packagesOf({ express, passport }),
      );
      const sources = ['shop', 'untouched', folder];
      const compilation = compile(workspace, setting, { application, name: 'shop', sources });
      const modules = ['shop/auth', 'shop/app', `${folder}/passport`];
      expectSound(
        compilation,
        formatsOf(setting).flatMap((format) => modules.map((name) => `${format}/${name}.d.ts`)),
      );
    });
  });
}

/** For programs beside the matrix: over all settings every variant comes up with every way to resolve. */
export function variantFor({ typescript, resolution }: Setting): Variant {
  const odd = typescript === '5.9' || typescript === '7.0';
  const last = resolution === 'nodenext' || resolution === 'node10';
  return { express: odd === last ? 4 : 5, passport: typescript === '5.4' || typescript === '5.9' };
}

/** No problem, and declarations of the application that name public entries only. */
export function expectSound({ problems, declarations }: Compilation, wanted: readonly string[]): void {
  expect(problems).toBe('');
  expect([...declarations.keys()]).toEqual(expect.arrayContaining([...wanted]));
  expect([...declarations].filter(([, text]) => /node_modules|ostiary\/dist/.test(text))).toEqual([]);
}

/** One setting for each compiler. */
export const compilers: readonly Setting[] = settings.filter(({ resolution }) => resolution === 'nodenext');
