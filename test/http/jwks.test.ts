import { describe, expect, it } from 'vitest';
import { jwksDocument } from '../../src/http/jwks.ts';
import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';
import { door } from '../support/door.ts';
import { keysFor } from '../support/jwt-keys.ts';

const algorithms = ['ES256', 'RS256', 'EdDSA', 'HS256'] as const satisfies readonly JwtAlgorithm[];
/** Every member that makes a key private (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

describe('the document of the public keys', () => {
  it('may be kept for a while, and holds what others verify with', async () => {
    const keys = algorithms.map((algorithm) => ({
      ...{ kid: algorithm.toLowerCase(), algorithm, key: keysFor(algorithm).privateKey },
    }));
    const { headers, body } = await jwksDocument(door({ tokens: { keys } }).auth.tokens);
    expect(headers).toEqual({
      'Content-Type': 'application/jwk-set+json',
      'Cache-Control': 'public, max-age=300',
    });
    const set = JSON.parse(body) as { keys: Record<string, unknown>[] };
    expect(Object.keys(set)).toEqual(['keys']);
    expect(set.keys.map(({ kid, alg, use, kty }) => [kid, alg, use, kty])).toEqual([
      ['es256', 'ES256', 'sig', 'EC'],
      ['rs256', 'RS256', 'sig', 'RSA'],
      ['eddsa', 'EdDSA', 'sig', 'OKP'],
    ]);
    for (const key of set.keys) expect(secretMembers.filter((name) => Object.hasOwn(key, name))).toEqual([]);
  });

  it('holds no key while tokens are signed with the secret', async () => {
    expect((await jwksDocument(door().auth.tokens)).body).toBe('{"keys":[]}');
  });
});
