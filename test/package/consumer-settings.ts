/** The compilers that applications have, and how each resolves a package. */

import type { Workspace } from './workspace.ts';

/** A compiler and its way to resolve. */
export interface Setting {
  readonly typescript: Compiler;
  readonly resolution: Resolution;
}

export type Compiler = '5.4' | '5.9' | '6.0' | '7.0';
type Resolution = 'node16' | 'nodenext' | 'bundler' | 'node10';

const compilers: readonly Compiler[] = ['5.4', '5.9', '6.0', '7.0'];
const resolutions: readonly Resolution[] = ['node16', 'nodenext', 'bundler', 'node10'];

/** All of them: TypeScript 7 has no node10 any more. */
export const settings: readonly Setting[] = compilers.flatMap((typescript) =>
  resolutions
    .filter((resolution) => typescript !== '7.0' || resolution !== 'node10')
    .map((resolution) => ({ typescript, resolution })),
);

/** Where a compiler is installed. */
export function compilerFolder({ folder }: Workspace, compiler: Compiler): string {
  return `${folder}/node_modules/${compiler === '5.9' ? 'typescript' : `typescript-${compiler}`}`;
}

/** The kind of package that sources are in. */
export type Format = 'esm' | 'cjs';

/** Those that the sources of a program may be in: node10 knows CommonJS only, a bundler is given ES modules. */
export function formatsOf({ resolution }: Setting): readonly Format[] {
  if (resolution === 'bundler') return ['esm'];
  return resolution === 'node10' ? ['cjs'] : ['esm', 'cjs'];
}

/** As strict as can be, and with the declarations of dependencies checked. */
export function compilerOptions({ typescript, resolution }: Setting): Readonly<Record<string, unknown>> {
  const module = { node16: 'node16', nodenext: 'nodenext', bundler: 'esnext', node10: 'commonjs' }[
    resolution
  ];
  return {
    module,
    moduleResolution: resolution,
    ...(typescript === '6.0' && resolution === 'node10' ? { ignoreDeprecations: '6.0' } : {}),
    target: 'es2022',
    lib: ['es2022'],
    esModuleInterop: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    skipLibCheck: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: '.',
    outDir: 'out',
  };
}
