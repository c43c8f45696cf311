/** How a generated page is written. */

import { type Member, oneLine, requireDoc, type Value } from './declarations.ts';

/** The command that writes the pages again. */
const command = 'npm run docs:reference';

/** A page: where it comes from, its title, and what is on it, with a line between any two parts. */
export function page(title: string, from: readonly string[], parts: readonly string[]): string {
  const generated = `<!-- Generated from ${from.join(', ')}. Do not edit: write there, then \`${command}\`. -->`;
  return `${[generated, `# ${title}`, ...parts].map((part) => part.trim()).join('\n\n')}\n`;
}

/** A table; the cells of its rows are Markdown on one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A list; an item's further lines belong to it. */
export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item.replace(/\n(?=.)/g, '\n  ')}`).join('\n');
}

/** Members with their types, and what is said of them. */
export function memberList(members: readonly Member[]): string {
  return list(members.map((member) => [code(member.signature), ...said(member)].join(': ')));
}

/** The same where each member must say what it is. */
export function explainedList(members: readonly Member[]): string {
  members.forEach(requireDoc);
  return memberList(members);
}

/** The values of a type with what is said of each. */
export function valueList(values: readonly Value[]): string {
  return list(values.map(({ text, doc }) => `${code(text)}: ${doc}`));
}

/** The doc comment as paragraphs and lists, without the line ends of the source. */
export function prose(doc: string): string {
  return doc
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\n(?!\s*- )\s*/g, ' '))
    .join('\n\n');
}

/** Text of the sources as code. */
export function code(text: string): string {
  const line = oneLine(text);
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}

/** `a sentence` as `A sentence.` */
export function sentence(text: string): string {
  const line = oneLine(text);
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${/[.!?]$/.test(line) ? '' : '.'}`;
}

function said({ doc, tags }: Member): readonly string[] {
  const throws = tags.get('throws');
  const text = [doc, throws === undefined ? undefined : `Throws ${throws}`]
    .filter((part) => part !== undefined)
    .map((part) => sentence(part))
    .join(' ');
  return text === '' ? [] : [text];
}

function cell(text: string): string {
  return oneLine(text).replaceAll('|', '\\|');
}
