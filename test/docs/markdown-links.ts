/** The links of Markdown pages, and whether they lead somewhere: on GitHub and in the built documentation alike. */

import { posix } from 'node:path';

/** What is there: the text of each page by its path from the root, and whether another file or folder exists. */
export interface Library {
  readonly pages: ReadonlyMap<string, string>;
  exists(path: string): boolean;
}

interface Heading {
  readonly anchor: string;
  readonly hasCode: boolean;
}

/** Each link that leads nowhere, as `page: link: why`. */
export function deadLinks(library: Library): readonly string[] {
  return [...library.pages].flatMap(([page, text]) =>
    linksOf(text).flatMap((link) => {
      const problem = problemOf(page, link, library);
      return problem === undefined ? [] : [`${page}: ${link}: ${problem}`];
    }),
  );
}

/** The targets of `[text](target)` and `[name]: target`, outside of code. */
export function linksOf(text: string): readonly string[] {
  const prose = withoutCode(text);
  return [
    ...[...prose.matchAll(/\]\(\s*<?([^)\s>]+)/g)].map(([, target]) => target ?? ''),
    ...[...prose.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)/gm)].map(([, target]) => target ?? ''),
  ];
}

function problemOf(page: string, link: string, { pages, exists }: Library): string | undefined {
  if (/^https?:\/\/[^/]/.test(link)) return undefined;
  if (/^[a-z]+:|^\//.test(link)) return 'is neither relative nor https';
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : posix.join(posix.dirname(page), file);
  if (target.startsWith('..')) return 'leaves the checkout';
  const text = pages.get(target);
  if (text === undefined && !exists(target)) return 'is not there';
  if (anchor === undefined) return undefined;
  const heading = headingsOf(text ?? '').find((each) => each.anchor === anchor);
  if (heading === undefined) return 'has no such heading';
  // typedoc leaves code out of an anchor, and GitHub does not.
  return heading.hasCode ? 'leads to a heading with code in it, which has two anchors' : undefined;
}

/** The headings with the anchors that GitHub gives them; of two that are alike the second has a number. */
function headingsOf(text: string): readonly Heading[] {
  const seen = new Map<string, number>();
  return [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim();
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return { anchor: before === 0 ? slug : `${slug}-${before}`, hasCode: title.includes('`') };
  });
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
}

function withoutFences(text: string): string {
  return text.replace(/^(\s*)(```+|~~~+)[\s\S]*?^\s*\2\s*$/gm, '');
}
