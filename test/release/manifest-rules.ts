/** What `package.json` says agrees with the lists beside it, and brings nothing along: each answers with what is wrong. */

import { posix } from 'node:path';
import type { ExportedEntry, Manifest } from './packed.ts';

/** All that an installation brings. Another one is a decision: docs/architecture.md says why each is there. */
const dependencies = ['bcryptjs', 'jose', 'passport-strategy'];

/** The part of `package-lock.json` that says what npm would install. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Files that name the entries too. */
export interface OtherLists {
  readonly tsup: string;
  readonly tsconfig: string;
}

export function dependenciesTooMany(manifest: Manifest): readonly string[] {
  const kinds = Object.keys(manifest).filter((key) => /^(optional|bundled?)Dependencies$/.test(key));
  const optional = (name: string): boolean => manifest.peerDependenciesMeta[name]?.optional === true;
  return [
    ...unlike('dependencies', Object.keys(manifest.dependencies), dependencies),
    ...kinds.map((kind) => `package.json has ${kind}`),
    ...Object.keys(manifest.peerDependencies)
      .filter((name) => !optional(name))
      .map((name) => `the peer ${name} is not optional: npm would install it for everybody`),
    ...['preinstall', 'install', 'postinstall', 'prepare', 'prepack']
      .filter((script) => Object.hasOwn(manifest.scripts, script))
      .map((script) => `package.json has a script ${script}, which runs where nobody asked for it`),
  ];
}

/** What the dependencies bring along, or run when they are installed. */
export function dependenciesBring({ packages }: Lockfile): readonly string[] {
  return dependencies.flatMap((name) => {
    const locked = packages[`node_modules/${name}`];
    if (locked === undefined) return [`${name}: is not in the lockfile`];
    const further = Object.keys({ ...locked.dependencies, ...locked.optionalDependencies });
    return [
      ...(locked.hasInstallScript === true ? [`${name}: has an install script`] : []),
      ...further.map((other) => `${name}: brings ${other}`),
    ];
  });
}

/** `engines` and the compiler's target are one version; the older fields say what `exports` says. */
export function fieldsDisagree(manifest: Manifest, tsup: string): readonly string[] {
  const main = manifest.exports['.'] as ExportedEntry;
  const target = /target: 'node([\d.]+)'/.exec(tsup)?.[1];
  return [
    ...unequal('type', manifest.type, 'module'),
    ...unequal('sideEffects', manifest.sideEffects, false),
    ...unequal('engines.node', manifest.engines['node'], `>=${target}.0`),
    // npm publish takes another spelling for an error, and corrects it on the way.
    ...unequal('bin.ostiary', manifest.bin['ostiary'], 'dist/cli.js'),
    ...unequal('main', manifest.main, main.require.default),
    ...unequal('types', manifest.types, main.require.types),
    ...unequal('exports["./package.json"]', manifest.exports['./package.json'], './package.json'),
  ];
}

/** An entry has the same four files wherever it is named, and is built from the file that its name means. */
export function entriesDisagree(manifest: Manifest, { tsup, tsconfig }: OtherLists): readonly string[] {
  const entries = Object.entries(manifest.exports).filter(
    (entry): entry is [string, ExportedEntry] => typeof entry[1] !== 'string',
  );
  const built = builtFrom(tsup);
  const { paths } = JSON.parse(tsconfig).compilerOptions;
  const nameOf = (entry: string): string => (entry === '.' ? 'index' : entry.slice(2));
  return [
    ...unlike(
      'tsup.config.ts',
      [...built.keys()],
      entries.map(([entry]) => nameOf(entry)),
    ),
    ...entries.flatMap(([entry, files]) => [
      ...unequal(`exports["${entry}"]`, JSON.stringify(files), JSON.stringify(filesOf(nameOf(entry)))),
      ...unequal(
        `tsconfig.json, ${entry}`,
        paths[posix.join('ostiary', entry)]?.[0],
        `./${built.get(nameOf(entry))}`,
      ),
    ]),
    ...Object.entries(manifest.typesVersions['*'] ?? {}).flatMap(([name, files]) =>
      unequal(`typesVersions, ${name}`, files.join(), `./dist/${name}.d.cts`),
    ),
  ];
}

function filesOf(name: string): ExportedEntry {
  const path = `./dist/${name}`;
  return {
    import: { types: `${path}.d.ts`, default: `${path}.js` },
    require: { types: `${path}.d.cts`, default: `${path}.cjs` },
  };
}

/** The names and sources in tsup's list of entries. */
function builtFrom(tsup: string): ReadonlyMap<string, string> {
  const list = /const entries = \{([^}]*)\}/.exec(tsup)?.[1] ?? '';
  return new Map(
    [...list.matchAll(/([\w/-]+)'?: '(src\/[^']+)'/g)].map(([, name, source]) => [name ?? '', source ?? '']),
  );
}

function unlike(what: string, found: readonly string[], expected: readonly string[]): readonly string[] {
  return unequal(what, found.toSorted().join(', '), expected.toSorted().join(', '));
}

function unequal(what: string, found: unknown, expected: unknown): readonly string[] {
  return found === expected ? [] : [`${what}: ${found}, expected ${expected}`];
}
