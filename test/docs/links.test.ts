import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTree } from '../structure/source-tree.ts';
import { deadLinks, linksOf } from './markdown-links.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tree = readTree('README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs');
const pages = new Map([...tree].filter(([path]) => path.endsWith('.md') && !path.startsWith('docs/api/')));
const exists = (path: string): boolean => existsSync(root + path);

describe('the links of the documentation', () => {
  it('are looked at', () => {
    const links = [...pages.values()].flatMap(linksOf);
    expect(links).toEqual(expect.arrayContaining(['docs/architecture.md', '../reference/errors.md']));
    expect(links.filter((link) => link.includes('#')).length).toBeGreaterThan(10);
  });

  it('lead somewhere', () => {
    expect(deadLinks({ pages, exists })).toEqual([]);
  });

  it('are caught when the heading of a page has another name', () => {
    const text = pages.get('docs/guides/wrapping-your-table.md') ?? '';
    const renamed = text.replace('## The login fails', '## The log-in fails');
    expect(renamed).not.toBe(text);
    const dead = deadLinks({
      pages: new Map([...pages, ['docs/guides/wrapping-your-table.md', renamed]]),
      exists,
    });
    expect(dead.join('\n')).toContain('README.md: docs/guides/wrapping-your-table.md#the-login-fails');
  });

  it('are caught when a page is gone', () => {
    const without = new Map([...pages].filter(([path]) => path !== 'docs/reference/errors.md'));
    const dead = deadLinks({
      pages: without,
      exists: (path) => path !== 'docs/reference/errors.md' && exists(path),
    });
    expect(dead.join('\n')).toContain('README.md: docs/reference/errors.md: is not there');
  });
});

describe('a link', () => {
  const other =
    '# Other\n\n## Two words, here\n\n## Again\n\n## Again\n\n## What `code` says\n\n```sh\n# no heading\n```\n';
  const problems = (link: string): readonly string[] =>
    deadLinks({
      pages: new Map([
        ['docs/one.md', `# One\n\nSee [this](${link}).\n`],
        ['docs/other.md', other],
      ]),
      exists: (path) => path === 'LICENSE',
    });

  it.each([
    'other.md',
    './other.md',
    'other.md#two-words-here',
    'other.md#again',
    'other.md#again-1',
    '#one',
    '../LICENSE',
    'https://example.org/a#b',
  ])('that leads somewhere passes: %s', (link) => {
    expect(problems(link)).toEqual([]);
  });

  it.each([
    ['gone.md', 'is not there'],
    ['Other.md', 'is not there'],
    ['other.md#three-words', 'has no such heading'],
    ['other.md#Again', 'has no such heading'],
    ['other.md#again-2', 'has no such heading'],
    ['other.md#no-heading', 'has no such heading'],
    ['other.md#what-code-says', 'has two anchors'],
    ['#two', 'has no such heading'],
    ['../LICENSE#mit', 'has no such heading'],
    ['../../elsewhere.md', 'leaves the checkout'],
    ['/docs/other.md', 'is neither relative nor https'],
    ['file:///docs/other.md', 'is neither relative nor https'],
  ])('that leads nowhere is caught: %s', (link, why) => {
    expect(problems(link)).toEqual([expect.stringContaining(`docs/one.md: ${link}`)]);
    expect(problems(link).join()).toContain(why);
  });

  it('is not one in code', () => {
    expect(linksOf('`[a](b)` and ``[`c`](d)``\n\n```md\n[e](f)\n```\n[g](h)\n[i]: j\n')).toEqual(['h', 'j']);
  });
});
