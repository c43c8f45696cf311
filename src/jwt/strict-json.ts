/** JSON of a token, read in one way only. */

/** Nothing that a token needs is deeper. */
const deepest = 16;

/**
 * The object of a JSON text, or `null` when it is none, or one that two readers may understand differently: a name that
 * occurs twice in one object, of which parsers keep the first or the last (RFC 8725 §2.4), or `__proto__`.
 */
export function readJsonObject(text: string): Record<string, unknown> | null {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (!isWrittenOnce(text, value) && hasDoubtfulNames(text)) return null;
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The usual token, at half the price: flat, and written back it is the same text, so that no name is in it twice. */
function isWrittenOnce(text: string, value: object): boolean {
  if (text.lastIndexOf('{') !== 0 || text.includes('[') || text.includes('__proto__')) return false;
  return JSON.stringify(value) === text;
}

/** A string, or a bracket: all that matters of a text that is known to be JSON. */
const piece = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

function hasDoubtfulNames(json: string): boolean {
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of json.matchAll(piece)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      if (open.length > deepest) return true;
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const name: unknown = JSON.parse(last);
      const names = open.at(-1);
      if (typeof name !== 'string' || name === '__proto__' || names?.has(name) !== false) return true;
      names.add(name);
    }
    last = token;
  }
  return false;
}
