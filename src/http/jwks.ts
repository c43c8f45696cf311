/** The public keys as an answer. */

import { defaults } from '../core/defaults.ts';
import type { TokenService } from '../core/ports/token-service.ts';

/** A document that anybody may keep for a while. */
export interface PublicDocument {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The JWK Set (RFC 7517 §8.5.2). It may be kept for as long as a key is published before it signs. */
export async function jwksDocument(tokens: Pick<TokenService<never>, 'jwks'>): Promise<PublicDocument> {
  const set = await tokens.jwks();
  return {
    headers: {
      'Content-Type': 'application/jwk-set+json',
      'Cache-Control': `public, max-age=${defaults.jwksMaxAge}`,
    },
    body: JSON.stringify(set),
  };
}
