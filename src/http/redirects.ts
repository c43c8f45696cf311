/** Where a visitor may be sent. */

/**
 * The target when it is a path of this application, otherwise the fallback: a `returnTo` out of a form or a URL must
 * not send people who have just signed in to another site (CVE-2024-56734).
 *
 * @example
 * ```ts
 * res.redirect(safeRedirect(req.body.returnTo, '/'));
 * ```
 */
export function safeRedirect(target: unknown, fallback: string): string {
  // A backslash or a control character is read by browsers as a slash or as nothing at all: `/\evil`, `/\t/evil`.
  if (typeof target !== 'string' || !target.startsWith('/') || /[\\\p{Control}]/u.test(target))
    return fallback;
  const base = 'http://ostiary.invalid';
  if (!URL.canParse(target, base)) return fallback;
  const url = new URL(target, base);
  const path = `${url.pathname}${url.search}${url.hash}`;
  // `//evil` names a host, and `/.//evil` becomes it once the dots are resolved.
  return url.origin === base && !path.startsWith('//') ? path : fallback;
}
