import { describe, expect, it } from 'vitest';
import { textOf } from './packed.ts';

interface Facts {
  readonly manifest: { readonly version: string; readonly repository?: string };
  readonly changelog: string;
  readonly status: string;
  readonly tagged?: string;
  readonly head: string;
}

interface Refusals {
  refusals(facts: Facts): { refused: string[]; open: string[] };
  unexpectedWarnings(stderr: string): string[];
}

const { refusals, unexpectedWarnings }: Refusals = await import(
  new URL('refusals.mjs', import.meta.url).href
);

const good: Facts = {
  manifest: { version: '1.2.0', repository: 'https://code.example/ostiary' },
  changelog:
    '# Changelog\n\n## [1.2.0] - 2026-11-25\n\n### Added\n\n- A thing.\n\n## [1.1.0] - 2026-01-01\n\n- More.\n',
  status: '',
  head: 'a1',
};

describe('a release', () => {
  it('goes out of a clean checkout whose version is new and described', () => {
    expect(refusals(good)).toEqual({ refused: [], open: [] });
  });

  it('may be tagged, on the commit that is checked out', () => {
    expect(refusals({ ...good, tagged: 'a1' })).toEqual({ refused: [], open: [] });
  });

  it.each<[string, Partial<Facts>, string]>([
    [
      'with changes that are not committed',
      { status: ' M src/index.ts\n' },
      'not committed:\n M src/index.ts',
    ],
    ['with files that nobody added', { status: '?? src/new.ts\n' }, 'not committed'],
    ['of a version without an entry', { manifest: { ...good.manifest, version: '1.2' } }, 'no entry for 1.2'],
    ['with an empty entry', { changelog: good.changelog.replace('- A thing.', '') }, 'is empty'],
    ['that is the tag of another commit', { tagged: 'b2' }, 'the tag of another commit'],
  ])('is refused %s', (_, change, message) => {
    const { refused, open } = refusals({ ...good, ...change });
    expect(refused.join()).toContain(message);
    expect(refused).toHaveLength(1);
    expect(open).toEqual([]);
  });

  it.each<[string, Partial<Facts>, string]>([
    [
      'with an entry without a day',
      { changelog: good.changelog.replace('2026-11-25', 'Unreleased') },
      'the day of 1.2.0',
    ],
    ['without a repository', { manifest: { version: '1.2.0' } }, '`repository`'],
  ])('can be rehearsed, but not sent, %s', (_, change, message) => {
    const { refused, open } = refusals({ ...good, ...change });
    expect(refused).toEqual([]);
    expect(open.join()).toContain(message);
  });

  it('of a package that npm corrects is refused, without a login it is not', () => {
    const login =
      'npm notice 1kB a.js\nnpm warn publish This command requires you to be logged in to https://a.example/ (dry-run)\n';
    expect(unexpectedWarnings(login)).toEqual([]);
    const corrected = 'npm warn publish "bin[ostiary]" script name dist/cli.js was invalid and removed';
    expect(unexpectedWarnings(`${login}${corrected}\n`)).toEqual([corrected]);
  });

  it('that npm makes in a checkout is checked first', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    expect(scripts['prepublishOnly']).toBe('node test/release/before-publish.mjs');
    expect(scripts['release:dry']).toBe('node test/release/before-publish.mjs --dry');
  });
});
