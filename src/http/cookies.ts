/** Reading one cookie. */

import { type HttpRequest, headerValues } from './request.ts';

/**
 * Every value that the request has under this name: a sibling domain can set a second cookie of the same name (RFC 6265
 * §8.6), and whoever takes the first of two cannot know whose it is. A value is taken as it is, without the quotes of
 * RFC 6265 §4.1.1 and without percent-decoding, of which a token has no need.
 */
export function cookieValues(request: HttpRequest, name: string): readonly string[] {
  return headerValues(request, 'cookie')
    .flatMap((header) => header.split(';'))
    .flatMap((pair) => {
      const end = pair.indexOf('=');
      return end !== -1 && trimmed(pair.slice(0, end)) === name
        ? [unquoted(trimmed(pair.slice(end + 1)))]
        : [];
    });
}

/** Spaces and tabs. What else `trim` takes for a space would make `__Host-` of a name that any subdomain can set. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
