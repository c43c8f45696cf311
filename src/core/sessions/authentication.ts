/** Reading how and when somebody proved who they are. */

import { InputError } from '../errors.ts';
import type { Authentication } from '../ports/authentication.ts';

export type { Authentication } from '../ports/authentication.ts';

/** The value, checked: it may come from a host's own code. */
export function readAuthentication(value: unknown): Authentication {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { methods, at, gen } = given;
  const problem =
    (!isTextList(methods) && 'methods must be a list of RFC 8176 texts') ||
    (!isSecond(at) && 'at must be seconds since the epoch') ||
    (gen !== undefined && gen !== null && typeof gen !== 'string' && 'gen must be a text or null');
  if (problem) throw new InputError({ authentication: problem });
  return given as unknown as Authentication;
}

/** A list of texts. */
export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** A whole second that a date can hold. */
export function isSecond(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
