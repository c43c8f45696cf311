/** What `npm publish` would send: the list of files, and the package that `dist` is a part of. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { npm } from '../package/npm.ts';

export const root: string = fileURLToPath(new URL('../../', import.meta.url));

export interface Packed {
  /** Bytes of the tarball, and of what is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** The text of each packed file by its path. The rules read this, so that a test can hand them a broken package. */
export type Contents = ReadonlyMap<string, string>;

/** The part of `package.json` that hosts and npm go by. */
export interface Manifest {
  readonly version: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly main?: string;
  readonly types?: string;
  readonly exports: Readonly<Record<string, ExportedEntry | string>>;
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface ExportedEntry {
  readonly import: ExportedFiles;
  readonly require: ExportedFiles;
}

interface ExportedFiles {
  readonly types: string;
  readonly default: string;
}

/** Asks npm itself, which knows what it adds and leaves out whatever `files` says. Nothing is written or sent. */
export function packed(): Packed {
  const answer: unknown = JSON.parse(npm(root, ['pack', '--dry-run', '--json', '--ignore-scripts']));
  // A list in npm 11; a later one may answer by name.
  const [first] = Object.values(answer as Record<string, Packed>);
  if (first === undefined) throw new Error('npm pack described no package.');
  return first;
}

export function contentsOf({ files }: Packed): Contents {
  return new Map(files.map(({ path }) => [path, textOf(path)]));
}

export function textOf(path: string): string {
  return readFileSync(root + path, 'utf8');
}

/** `package.json` in other words than JSON's. */
export function manifestIn(contents: Contents): Manifest {
  return JSON.parse(contents.get('package.json') ?? '{}');
}
