import { readdirSync } from 'node:fs';
import { join } from 'node:path';
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
});
