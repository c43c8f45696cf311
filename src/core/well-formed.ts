/** Text that every encoder reads the same way. */

/**
 * Whether the text has no lone surrogate. UTF-8 encoders write U+FFFD for each of them, so that two different
 * passwords would become the same bytes.
 */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
