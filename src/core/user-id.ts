/** User ids in our own artefacts: written with their type, so that the number 7 is never the text "7". */

import type { UserId } from './ports/user-store.ts';

/** An id and its type: string, number or bigint. Plain JSON. */
export type EncodedUserId = readonly ['s' | 'n' | 'b', string];

/** The id with its type. */
export function encodeUserId(id: UserId): EncodedUserId {
  if (typeof id === 'string') return ['s', id];
  return typeof id === 'number' ? ['n', String(id)] : ['b', String(id)];
}

/** The id in the host's type, or `null` when the value is not one that {@link encodeUserId} made. */
export function decodeUserId(value: unknown): UserId | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [type, text] = value as readonly unknown[];
  if (typeof text !== 'string') return null;
  if (type === 's') return isUserId(text) ? text : null;
  if (!/^-?\d{1,40}$/.test(text)) return null;
  if (type === 'b') return BigInt(text);
  const id = Number(text);
  return type === 'n' && isUserId(id) ? id : null;
}

/** Whether the value can stand for one user and no other: not empty, not `NaN`, not past the exact integers. */
export function isUserId(value: unknown): value is UserId {
  if (typeof value === 'string') return value.length > 0;
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
