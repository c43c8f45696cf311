/** What a form for a new account sent, checked before any work. */

import { InputError } from '../errors.ts';
import { isPlain, kindOf } from '../options.ts';
import type { Profile } from '../ports/user-store.ts';
import { allFields, emailField, type Field, fieldsOf, optionalField, passwordField } from './flow-input.ts';
import { type ClassifyIdentifier, isMailable, readIdentifier } from './identifier.ts';

/** The body of a registration. Whatever else is in it is left alone. */
export interface RegistrationInput {
  /** Needed where addresses are verified; otherwise this or `username`. */
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  /** Taken exactly as it was typed: no trimming, no case change (ASVS 6.2.8). */
  readonly password: string;
  /** What the store's `create` makes of it is the host's. What ostiary decides (`id`, `roles`, `status` …) is taken out. */
  readonly profile?: Profile | undefined;
}

/** The body, read. */
export interface Registration {
  readonly email: string | undefined;
  readonly username: string | undefined;
  readonly password: string;
  readonly profile: Profile;
}

/** Never from a form: whoever could set one of these would be whoever they like (ASVS 15.3.3). */
const decidedHere: readonly string[] = [
  ...['id', 'roles', 'status', 'emailVerified', 'epoch', 'passwordHash', 'password', 'email', 'username'],
  ...['__proto__', 'constructor', 'prototype'],
];

/** @throws {InputError} naming each bad field. */
export function readRegistration(
  input: unknown,
  rules: { readonly classify: ClassifyIdentifier; readonly needsEmail: boolean },
): Registration {
  const given = fieldsOf(input);
  const read = allFields<{ [Key in keyof Registration]: Registration[Key] }>({
    email: rules.needsEmail ? emailField(given['email']) : optionalField(given['email'], emailField),
    username: optionalField(given['username'], (value) => usernameField(value, rules.classify)),
    password: passwordField(given['password']),
    profile: profileField(given['profile']),
  });
  if (read.email === undefined && read.username === undefined) throw new InputError({ email: 'is missing' });
  return read;
}

/** A name that looks like an address would be taken for that address at every login. */
function usernameField(value: unknown, classify: ClassifyIdentifier): Field<string> {
  if (typeof value !== 'string') return { problem: `must be a text, got ${kindOf(value)}` };
  const read = readIdentifier(value, classify);
  if ('problem' in read) return read;
  // Whatever the host's own `identifierKind` takes it for.
  const isAddress = read.kind === 'email' || isMailable(read.value);
  return isAddress ? { problem: 'must not be an e-mail address' } : { value: read.value };
}

function profileField(value: unknown): Field<Profile> {
  if (value === undefined) return { value: Object.freeze({}) };
  if (typeof value !== 'object' || value === null || !isPlain(value)) {
    return { problem: `must be a plain object, got ${kindOf(value)}` };
  }
  const kept = Object.entries(value).filter(([key]) => !decidedHere.includes(key));
  return { value: Object.freeze(Object.fromEntries(kept)) };
}
