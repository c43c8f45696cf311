/** A door that also lets in what jsonwebtoken has issued, and jsonwebtoken itself. */

import jwt, { type Secret, type SignOptions } from 'jsonwebtoken';
import type { LegacyTokens } from '../../src/index.ts';
import { type Door, type DoorParts, door } from './door.ts';
import { startOfTime } from './raw-jws.ts';

/** As short as in the tutorial. */
export const oldSecret = 'mysecret';
/** Longer than anything of ours lives. */
export const until: Date = new Date(Date.UTC(2026, 11, 1));
export const secondsUntil: number = until.getTime() / 1000 - startOfTime;

/** What a host writes whose tokens were `jwt.sign({ id }, SECRET)`. */
export const tutorial: LegacyTokens = {
  key: oldSecret,
  algorithms: ['HS256'],
  claims: ({ id }) => (typeof id === 'number' ? { sub: id } : null),
  until,
};

export function legacyDoor(
  legacy: Partial<LegacyTokens> | readonly LegacyTokens[] = {},
  { tokens, ...parts }: DoorParts<Door['hasher']> = {},
): Door {
  const list = Array.isArray(legacy) ? legacy : [{ ...tutorial, ...legacy }];
  return door({ ...parts, tokens: { ...tokens, legacy: list } });
}

/** What jsonwebtoken makes of it, in the second in which the movable clock begins. */
export function oldToken(
  payload: string | Buffer | object = { id: 1 },
  { key = oldSecret, ...options }: SignOptions & { readonly key?: Secret } = {},
): string {
  const dated = typeof payload === 'string' || payload instanceof Buffer;
  return jwt.sign(dated ? payload : { iat: startOfTime, ...payload }, key, options);
}
