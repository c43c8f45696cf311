/** What may be in the package, and what must be: each answers with what is wrong. */

import { posix } from 'node:path';
import { type Contents, type ExportedEntry, type Manifest, manifestIn } from './packed.ts';

/** Why a file outside of `dist` is in the package. */
const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(package\.json|README\.md|LICENSE)$/, 'npm sends it whatever `files` says'],
  [/^(CHANGELOG|SECURITY)\.md$/, 'whoever upgrades reads it'],
  [/^THIRD-PARTY-NOTICES$/, 'the licenses of what is compiled in ask for it'],
  [/^docs\/(guides|reference|security)\/[a-z0-9-]+\.md$/, 'a guide, or a table to look up'],
  [
    /^docs\/(architecture|support-policy|security|threat-model)\.md$/,
    'how it is built, and what it promises',
  ],
  [/^examples\/[a-z-]+\/([a-z-]+\/)*[a-z-]+\.(mjs|ejs|html|css|svg|md)$/, 'an example to copy'],
  [/^examples\/[a-z-]+\/\.env\.example$/, 'the settings of an example'],
];

/** Pages for those who have the checkout. The README and the architecture may point to them, as nothing else may. */
const onlyInTheCheckout = ['CONTRIBUTING.md', 'docs/benchmarks.md'];
const mayPointThere = ['README.md', 'docs/architecture.md', 'docs/support-policy.md'];

export function filesWithoutReason(contents: Contents): readonly string[] {
  const loaded = filesInUse(contents);
  return [...contents.keys()]
    .filter((path) => !loaded.has(path) && !reasons.some(([pattern]) => pattern.test(path)))
    .map((path) => `${path}: nobody needs it`);
}

/** `wanted` are the examples and pages of the checkout. */
export function filesMissing(contents: Contents, wanted: readonly string[]): readonly string[] {
  const manifest = manifestIn(contents);
  return [...entryFilesOf(manifest), ...wanted]
    .filter((path) => !contents.has(path))
    .map((path) => `${path}: is not in the package`);
}

/** Of the pages and examples in a checkout, those that users need. */
export function wantedFiles(checkout: readonly string[]): readonly string[] {
  const pages = checkout
    .filter((path) => /^docs\/.*\.md$/.test(path) && !/^docs\/(api|generator)\//.test(path))
    .filter((path) => !onlyInTheCheckout.includes(path));
  // npm never sends a .gitignore; `.env` is somebody's secret, and start.mjs starts from the checkout.
  const examples = checkout.filter(
    (path) => /^examples\/[^/]+\//.test(path) && !/\/\.(env|gitignore)$/.test(path),
  );
  return [
    'CHANGELOG.md',
    'SECURITY.md',
    'THIRD-PARTY-NOTICES',
    'LICENSE',
    'README.md',
    ...pages,
    ...examples,
  ];
}

/** Links of the packed pages, from where they will lie. */
export function deadLinks(contents: Contents): readonly string[] {
  return [...contents]
    .filter(([path]) => path.endsWith('.md'))
    .flatMap(([path, text]) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map(([, link]) => posix.join(posix.dirname(path), link ?? ''))
        .filter((target) => !contents.has(target))
        .filter((target) => !(onlyInTheCheckout.includes(target) && mayPointThere.includes(path)))
        .map((target) => `${path}: links to ${target}, which is not in the package`),
    );
}

/** The entries and the command, and all that these load. */
function filesInUse(contents: Contents): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...entryFilesOf(manifestIn(contents))];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    open.push(...loadedBy(path, contents.get(path) ?? ''));
  }
  return found;
}

function loadedBy(path: string, text: string): readonly string[] {
  const names = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)["'](\.{1,2}\/[^"']+)["']/g);
  return [...names].map(([, name]) => declared(path, posix.join(posix.dirname(path), name ?? '')));
}

/** In a declaration, './errors.js' is './errors.d.ts'. */
function declared(importer: string, path: string): string {
  return /\.d\.c?ts$/.test(importer) ? path.replace(/\.(c?)js$/, '.d.$1ts') : path;
}

function entryFilesOf({ exports, bin, main, types }: Manifest): readonly string[] {
  const ofEntry = (entry: ExportedEntry | string): readonly string[] =>
    typeof entry === 'string'
      ? [entry]
      : [entry.import, entry.require].flatMap((files) => [files.types, files.default]);
  const all = [...Object.values(exports).flatMap(ofEntry), ...Object.values(bin), main ?? '', types ?? ''];
  return all.filter((path) => path !== '').map((path) => posix.normalize(path));
}
