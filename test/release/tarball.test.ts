import { readdirSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { bounds } from './bounds.ts';
import { deadLinks, filesMissing, filesWithoutReason, wantedFiles } from './content-rules.ts';
import { type Contents, contentsOf, type Packed, packed, root } from './packed.ts';

let found: Packed;
let contents: Contents;
const checkout = ['docs', 'examples'].flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => !path.includes('/node_modules/') && statSync(root + path).isFile()),
);
const wanted = wantedFiles(checkout);

beforeAll(() => {
  found = packed();
  contents = contentsOf(found);
}, 60_000);

describe('the package', () => {
  it('is no larger than was decided', () => {
    const { size, unpackedSize, files } = found;
    console.log(`${size} bytes packed, ${unpackedSize} unpacked, ${files.length} files`);
    expect(size).toBeLessThanOrEqual(bounds.packedBytes);
    expect(unpackedSize).toBeLessThanOrEqual(bounds.unpackedBytes);
    expect(files.length).toBeLessThanOrEqual(bounds.files);
  });

  it('is bounded closely enough for growth to be noticed', () => {
    expect(bounds.packedBytes).toBeLessThan(found.size * 1.3);
    expect(bounds.unpackedBytes).toBeLessThan(found.unpackedSize * 1.3);
    expect(bounds.files).toBeLessThan(found.files.length * 1.3);
  });

  it('holds nothing that nobody needs', () => {
    expect(filesWithoutReason(contents)).toEqual([]);
  });

  it.each([
    'test/release/bounds.ts',
    'src/index.ts',
    'docs/api/index.html',
    'docs/generator/pages.md',
    'docs/benchmarks.md',
    'docs/releasing.md',
    'docs/guides/draft.txt',
    'examples/start.mjs',
    'examples/jwt-api/.env',
    'examples/jwt-api/users.sqlite',
    'examples/jwt-api/node_modules/a/index.mjs',
    'dist/chunk-OLD.js',
    'dist/index.js.map',
    'dist/internal.d.ts',
    'CONTRIBUTING.md',
    '.env',
  ])('would be caught with %s', (path) => {
    expect(filesWithoutReason(new Map([...contents, [path, '']]))).toContain(`${path}: nobody needs it`);
  });

  it('holds every entry, the command, every example and every page', () => {
    expect(wanted.filter((path) => path.startsWith('examples/')).length).toBeGreaterThan(15);
    expect(wanted.filter((path) => path.startsWith('docs/')).length).toBeGreaterThan(7);
    expect(filesMissing(contents, wanted)).toEqual([]);
  });

  it.each([
    'dist/index.js',
    'dist/stores/memory.cjs',
    'dist/express.d.ts',
    'dist/passport.d.cts',
    'dist/cli.js',
    'docs/guides/tokens.md',
    'docs/reference/errors.md',
    'docs/support-policy.md',
    'examples/session-login/views/login.ejs',
    'examples/jwt-api/.env.example',
    'CHANGELOG.md',
    'THIRD-PARTY-NOTICES',
  ])('would be caught without %s', (path) => {
    expect(filesMissing(without(path), wanted)).toContain(`${path}: is not in the package`);
  });

  it('has pages whose links lead to pages and examples of the package', () => {
    expect(deadLinks(contents)).toEqual([]);
  });

  it.each([
    ['docs/guides/tokens.md', 'see [the bench](../benchmarks.md)', 'docs/benchmarks.md'],
    ['docs/guides/tokens.md', 'see [the source](../../src/index.ts#L1)', 'src/index.ts'],
    ['README.md', '[gone](docs/guides/gone.md)', 'docs/guides/gone.md'],
  ])('would be caught when %s says %s', (page, text, target) => {
    const broken = new Map([...contents, [page, text]]);
    expect(deadLinks(broken)).toContain(`${page}: links to ${target}, which is not in the package`);
  });

  it('would be caught when a page that others link to is left out', () => {
    expect(deadLinks(without('docs/guides/sessions.md')).length).toBeGreaterThan(1);
  });
});

function without(path: string): Contents {
  return new Map([...contents].filter(([name]) => name !== path));
}
