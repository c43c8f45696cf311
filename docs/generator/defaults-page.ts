/** The page on defaults: `src/core/defaults.ts`, in its order. */

import ts from 'typescript';
import {
  type Documented,
  entriesOf,
  objectNamed,
  oneLine,
  parseSource,
  requireDoc,
  type Sources,
} from './declarations.ts';
import { code, page, sentence, table } from './markdown.ts';

/** One number of policy. */
export interface Default extends Documented {
  /** The heading it stands under. */
  readonly group: string;
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  /** What a host changes it with; `undefined` when it is fixed. */
  readonly option: string | undefined;
  readonly fixed: string | undefined;
}

const path = 'src/core/defaults.ts';

/** The Markdown of the page. */
export function defaultsPage(sources: Sources): string {
  const defaults = readDefaults(sources);
  const groups = [...new Set(defaults.map(({ group }) => group))];
  return page(
    'Defaults',
    [path],
    [
      "Every number that ostiary decides with, what it is changed with, and where it comes from. What has no option is fixed, and the reason stands beside it. A duration is given in seconds or as a text with its unit: `1800` or `'30m'`. Values that are no number, such as the hasher, are in the doc comments of `createAuth`; the ranges of the options too.",
      ...groups.flatMap((group) => [
        `## ${group}`,
        table(
          ['default', 'value', 'what it is', 'changed with', 'source'],
          defaults.filter((one) => one.group === group).map(row),
        ),
      ]),
    ],
  );
}

/** Every entry, with everything that is asked of it. */
export function readDefaults(sources: Sources): readonly Default[] {
  let group = '';
  return entriesOf(objectNamed(parseSource(sources, path), 'defaults')).map((entry) => {
    const { name, doc, tags, node } = entry;
    group = headingBefore(node) ?? group;
    if (group === '') throw new Error(`${name}: stands under no heading`);
    const [option, fixed] = [tags.get('option'), tags.get('fixed')].map((text) => text && oneLine(text));
    if ((option === undefined) === (fixed === undefined)) {
      throw new Error(`${name}: needs either @option or @fixed`);
    }
    requireDoc(entry);
    const value = numberOf(node);
    const [unit, source] = [tagOf(entry, 'unit'), tagOf(entry, 'source')];
    return { name, doc, tags, group, value, unit, source, option, fixed };
  });
}

function row(one: Default): readonly string[] {
  const changed = one.option ?? `fixed: ${one.fixed}`;
  return [code(one.name), written(one), sentence(requireDoc(one)), changed, one.source];
}

/** `1,800 seconds (30 minutes)`, `2^12`, `1 second`. */
function written({ value, unit }: Default): string {
  if (unit === 'power of two') return `2^${value}`;
  if (/^\d/.test(unit)) return `${value} × ${unit}`;
  const number = `${value.toLocaleString('en')} ${value === 1 ? unit.replace(/(?<=ss)es$|s$/, '') : unit}`;
  return unit === 'seconds' && value >= 120 ? `${number} (${duration(value)})` : number;
}

function duration(seconds: number): string {
  const [length, unit] = seconds % 3600 === 0 ? [3600, 'hours'] : [60, 'minutes'];
  return `${seconds / length} ${unit}`;
}

function tagOf({ name, tags }: Documented, tag: string): string {
  const text = oneLine(tags.get(tag) ?? '');
  if (text === '') throw new Error(`${name}: has no @${tag}`);
  return text;
}

function numberOf({ initializer }: ts.PropertyAssignment): number {
  if (ts.isNumericLiteral(initializer)) return Number(initializer.text);
  throw new Error(`is no plain number, and its page could not say it: ${initializer.getText()}`);
}

/** The text of a `// Heading` in front of the entry. */
function headingBefore(node: ts.PropertyAssignment): string | undefined {
  const text = node.getSourceFile().text;
  const comments = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const heading = comments.find(({ kind }) => kind === ts.SyntaxKind.SingleLineCommentTrivia);
  return heading === undefined ? undefined : text.slice(heading.pos + 2, heading.end).trim();
}
