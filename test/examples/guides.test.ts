import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileSnippets, snippetsOf } from './snippets.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((page) => page.endsWith('.md') && !page.startsWith('api'))
  .map((page) => join('docs', page));

describe('the documentation', () => {
  it('holds snippets that compile', { timeout: 60_000 }, () => {
    const snippets = pages.flatMap(snippetsOf);
    expect(snippets.length).toBeGreaterThan(0);
    const app = compileSnippets(snippets);
    app.remove();
    expect(app.problems).toEqual([]);
  });

  it.each(['README.md', ...pages])('links only to files that are there, in %s', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, link]) => link ?? '');
    const dead = links.filter(
      (link) => !link.startsWith('https://') && !existsSync(join(root, dirname(page), link)),
    );
    expect(dead).toEqual([]);
  });
});
