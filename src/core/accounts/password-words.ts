/** Words that say little to whoever knows the user or the application. */

/** Two letters are in most passwords by chance. Code points. */
const shortestWord = 3;

/** What is known of whoever chooses a password. */
export interface PasswordOwner {
  readonly email?: string | null | undefined;
  readonly username?: string | null | undefined;
}

/**
 * The form in which passwords and words are compared: NFKC in lower case, so that a full-width or a capital letter is
 * no other letter. Nothing is hashed or stored in it.
 */
export function foldPassword(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** The address, what stands before its `@`, and the user name. */
export function wordsOfOwner({ email, username }: PasswordOwner): readonly string[] {
  return usableWords([email, email?.replace(/@[^@]*$/, ''), username]);
}

/**
 * Of a URL the name of the host, and its labels without the last one and `www`; otherwise the issuer itself. Read by
 * hand, because `URL` writes a label that is not ASCII as nobody types it.
 */
export function wordsOfIssuer(issuer: string): readonly string[] {
  const host = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(issuer)?.[1];
  if (host === undefined) return usableWords([issuer]);
  const labels = host.split('.').slice(0, -1);
  return usableWords([host, ...labels.filter((label) => label.toLowerCase() !== 'www')]);
}

/** Words in the form in which they are compared, without those that are none. */
export function usableWords(texts: readonly unknown[]): readonly string[] {
  const words = texts
    .filter((text) => typeof text === 'string')
    .map((text) => foldPassword(text).trim())
    .filter((word) => [...word].length >= shortestWord);
  return [...new Set(words)];
}

/** The places in the text that belong to one of the words. Words may overlap, with others and with themselves. */
export function placesOfWords(text: string, words: readonly string[]): ReadonlySet<number> {
  const places = new Set<number>();
  for (const word of words) {
    let end = 0;
    for (let start = text.indexOf(word); start >= 0; start = text.indexOf(word, start + 1)) {
      // No place twice: a word may be long and overlap itself at every step.
      for (let place = Math.max(start, end); place < start + word.length; place += 1) places.add(place);
      end = start + word.length;
    }
  }
  return places;
}

/** The code points of the text that begin at no such place. */
export function charactersLeft(text: string, ...taken: readonly ReadonlySet<number>[]): number {
  let place = 0;
  let left = 0;
  for (const character of text) {
    if (!taken.some((places) => places.has(place))) left += 1;
    place += character.length;
  }
  return left;
}
