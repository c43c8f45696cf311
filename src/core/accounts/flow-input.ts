/** What a form of an account flow sent, checked before any work. */

import { InputError } from '../errors.ts';
import { problemOfPassword } from '../login/login-input.ts';
import { kindOf } from '../options.ts';
import { type Identifier, readIdentifier } from './identifier.ts';

/**
 * What the input itself says, whatever it is: what is missing in it is said field by field. Without a prototype, which
 * may be polluted and say more.
 */
export function fieldsOf(input: unknown): Readonly<Record<string, unknown>> {
  return Object.assign(Object.create(null), typeof input === 'object' ? input : undefined);
}

/** One field read: what it is, or what is wrong with it. */
export type Field<T> = { readonly value: T } | { readonly problem: string };

/** @throws {InputError} naming each bad field. */
export function allFields<T extends Readonly<Record<string, unknown>>>(
  fields: {
    readonly [Name in keyof T]: Field<T[Name]>;
  },
): T {
  const entries = Object.entries(fields as Readonly<Record<string, Field<unknown>>>);
  const problems = entries.flatMap(([name, field]) => ('problem' in field ? [[name, field.problem]] : []));
  if (problems.length > 0) throw new InputError(Object.fromEntries(problems));
  return Object.fromEntries(
    entries.flatMap(([name, field]) => ('value' in field ? [[name, field.value]] : [])),
  ) as T;
}

/** A password as it was typed. It says nothing of how good it is. */
export function passwordField(value: unknown): Field<string> {
  const problem = problemOfPassword(value);
  return problem === null ? { value: value as string } : { problem };
}

/** An e-mail address, in the form in which it is looked up and stored. */
export function emailField(value: unknown): Field<string> {
  if (value === undefined || value === null) return { problem: 'is missing' };
  // A list would send a link to each of its addresses (CVE-2023-7028).
  if (typeof value !== 'string') return { problem: `must be a text, got ${kindOf(value)}` };
  const read = readIdentifier(value, () => 'email');
  return 'problem' in read ? read : { value: read.value };
}

/** What somebody types to be found. */
export function identifierField(
  value: unknown,
  classify: (text: string) => Identifier['kind'],
): Field<Identifier> {
  if (value === undefined || value === null) return { problem: 'is missing' };
  if (typeof value !== 'string') return { problem: `must be a text, got ${kindOf(value)}` };
  const read = readIdentifier(value, classify);
  return 'problem' in read ? read : { value: read };
}

/** A field that may be left out. */
export function optionalField<T>(value: unknown, read: (value: unknown) => Field<T>): Field<T | undefined> {
  return value === undefined || value === null || value === '' ? { value: undefined } : read(value);
}
