/** The most common passwords, which are the first that are guessed. */

import { digest } from '../crypto.ts';
import { ConfigError } from '../errors.ts';
import { foldPassword } from './password-words.ts';

/** Rows of the list: one for each value of the first 12 bits of a digest. */
export const rowsOfList = 4096;
/** The characters by which a password is known in its row. */
const markLength = 4;

/**
 * The list: of each length from 8 to 15 and more code points the 3,000 that come first in the million most common
 * passwords which Mark Burnett found in ten million, and of those with 15 and more also all that come first with the
 * users of RockYou, as SecLists publishes both (ASVS 6.2.4). Of those with 16 and more it has fewer: all that were found
 * twice. `docs/generator/common-passwords.txt` has them in plain text.
 *
 * It holds 36 bits of a digest of each, a third of their text. So one of four million other passwords is refused too.
 */
export class CommonPasswords {
  private readonly load: () => Promise<unknown>;
  private rows: Promise<readonly string[]> | undefined;

  /** `load` answers the text of the list. By default it is a file of its own, which nothing loads before it is needed. */
  constructor(load: () => Promise<unknown> = loadList) {
    this.load = load;
  }

  /**
   * Whether it is on the list, whatever its case, its width (or another form that NFKC makes one) and the spaces
   * around it. Nothing but spaces is on it too.
   *
   * @throws {ConfigError} when there is no list: a password must not be accepted unchecked.
   */
  async has(password: string): Promise<boolean> {
    const text = foldPassword(password).trim();
    const rows = await this.list();
    if (text === '') return true;
    const { row, mark } = placeInList(text);
    return marksIn(rows[row] ?? '').includes(mark);
  }

  /** Loads it once for all who ask meanwhile, and anew after a failure. */
  private list(): Promise<readonly string[]> {
    this.rows ??= this.load()
      .then(readList)
      .catch((cause: unknown) => {
        this.rows = undefined;
        throw new ConfigError(
          'passwords',
          'the list of common passwords could not be loaded, and no new password is accepted without it; a bundler must keep the import of common-password-list',
          { cause },
        );
      });
    return this.rows;
  }
}

/** Where a folded password stands in the list, if it does. */
export function placeInList(text: string): { readonly row: number; readonly mark: string } {
  const name = digest('common-password', text);
  // Two characters of base64url are 12 bits.
  return { row: Buffer.from(name, 'base64url').readUInt16BE() >> 4, mark: name.slice(2, 2 + markLength) };
}

/** The marks of a row, which stand in it without anything between them. */
export function marksIn(row: string): readonly string[] {
  return Array.from({ length: row.length / markLength }, (_, index) =>
    row.slice(index * markLength, (index + 1) * markLength),
  );
}

async function loadList(): Promise<string> {
  const { commonPasswordList } = await import('./common-password-list.ts');
  return commonPasswordList;
}

/** Half a list, or what some bundlers put in the place of a file, would let everything pass. */
function readList(list: unknown): readonly string[] {
  const rows = typeof list === 'string' ? list.split(' ') : [];
  if (rows.length !== rowsOfList)
    throw new Error(`the list has ${rows.length} rows instead of ${rowsOfList}`);
  return rows;
}
