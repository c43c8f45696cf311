/** The one normaliser of identifiers: every look-up and every registration goes through it. */

import { defaults } from '../defaults.ts';
import type { IdentifierKind } from '../ports/user-store.ts';

/** An identifier as it is looked up. */
export interface Identifier {
  readonly value: string;
  readonly kind: IdentifierKind;
}

/** Says what an identifier is; it comes trimmed and NFKC-normalised. */
export type ClassifyIdentifier = (identifier: string) => IdentifierKind;

/** The default: an address has an `@`, everything else is a user name. */
export const classifyIdentifier: ClassifyIdentifier = (identifier) =>
  identifier.includes('@') ? 'email' : 'username';

/**
 * The identifier in the form in which it is looked up, or what is wrong with it. Normalised first and checked
 * afterwards, because a full-width `＠` becomes an `@` only by the normalisation (GHSA-7rqj-j65f-68wh). An address is
 * lower-cased and loses the trailing dots of its domain; a user name keeps its case. What it answers, it reads as itself.
 */
export function readIdentifier(
  text: string,
  classify: ClassifyIdentifier = classifyIdentifier,
): Identifier | { readonly problem: string } {
  // Before any work on it: normalising 64 KB for a stranger is a gift to the stranger.
  if (text.length > 2 * defaults.identifierMaxLength) return { problem: 'is too long' };
  const value = text.trim().normalize('NFKC').trim();
  if (value === '') return { problem: 'is missing' };
  if ([...value].length > defaults.identifierMaxLength) return { problem: 'is too long' };
  // Line breaks inject mail headers; invisible characters make two accounts look like one.
  if (/[\p{Control}\p{Format}\p{Surrogate}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(value)) {
    return { problem: 'has an invisible character' };
  }
  const kind = classify(value);
  return kind === 'email' ? readAddress(value) : { value, kind };
}

/**
 * Whether a mailer reads it as one address. What is stored may be older than any check of ours: a list
 * (CVE-2022-35924) or a line break would send a link to somebody else.
 */
export function isMailable(address: string): boolean {
  return !('problem' in readIdentifier(address, () => 'email'));
}

/** A stored address in the form in which it is looked up, or `null` where there is none. */
export function normalisedAddress(address: string | null | undefined): string | null {
  const read = readIdentifier(address ?? '', () => 'email');
  return 'problem' in read ? null : read.value;
}

function readAddress(text: string): Identifier | { readonly problem: string } {
  // An ideographic full stop is a dot of a domain to mailers (UTS #46).
  const value = text.toLowerCase().normalize('NFKC').replaceAll('\u3002', '.').replace(/\.+$/, '');
  // Some letters are two in lower case.
  if ([...value].length > defaults.identifierMaxLength) return { problem: 'is too long' };
  // One @, something on both sides of it, and nothing that a mailer could read as a list or a header.
  if (!/^[^\s@,;:<>()[\]\\"]+@[^\s@,;:<>()[\]\\"]+$/.test(value) || isReadOtherwise(value)) {
    return { problem: 'is not an e-mail address' };
  }
  return { value, kind: 'email' };
}

/** By a mailer: as an option of its program, as the name of a program, as an encoded word (RFC 2047), or as no domain. */
function isReadOtherwise(address: string): boolean {
  return /^[-|]|=\?|@\.|@.*\.\./.test(address);
}
