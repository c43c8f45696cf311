/** A refusal as an HTTP answer. */

import { AuthError, type AuthErrorCode, type PasswordReason } from '../core/errors.ts';
import { faultOf } from '../core/fault.ts';
import { httpTitle, refusalOf } from './status.ts';

/** An RFC 9457 problem document. It never holds the error's message, which is for developers. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: AuthErrorCode;
  /** When to try again. */
  readonly retryAfterSeconds?: number;
  /** Why a new password is refused. */
  readonly reasons?: readonly PasswordReason[];
  /** What is wrong with each field. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** What an adapter sets on an error: names that Express' own handler reads, so that it answers right without ours. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The document of a refusal. */
export function problemOf(error: AuthError): Problem {
  const { status } = refusalOf(error.code);
  const retryAfterSeconds: unknown = Reflect.get(error, 'retryAfterSeconds');
  const reasons = Reflect.get(error, 'reasons') as Problem['reasons'];
  const fields = Reflect.get(error, 'fields') as Problem['fields'];
  return {
    type: 'about:blank',
    title: httpTitle[status],
    status,
    code: error.code,
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    ...(Array.isArray(reasons) ? { reasons } : {}),
    ...(typeof fields === 'object' && fields !== null ? { fields } : {}),
  };
}

/** What a `WWW-Authenticate` header tells the client. */
export interface Challenge {
  readonly issuer: string;
  /** How long ago the user may have signed in (RFC 9470 §3). */
  readonly maxAgeSeconds?: number | undefined;
  /** Every scope that the route asks for (RFC 6750 §3). */
  readonly scope?: string | undefined;
}

/**
 * The status and the headers of a refusal. Every 401 says where to sign in (RFC 9110 §15.5.2), and whatever RFC 6750
 * has a word for says that word.
 */
export function httpAnswerOf(error: AuthError, challenge: Challenge): HttpAnswer {
  const { status, challengeError } = refusalOf(error.code);
  const retryAfterSeconds: unknown = Reflect.get(error, 'retryAfterSeconds');
  const challenges = status === 401 || challengeError !== undefined;
  return {
    status,
    statusCode: status,
    headers: {
      ...(challenges ? { 'WWW-Authenticate': challengeText(challenge, challengeError) } : {}),
      ...(typeof retryAfterSeconds === 'number' ? { 'Retry-After': String(retryAfterSeconds) } : {}),
    },
  };
}

function challengeText({ issuer, maxAgeSeconds, scope }: Challenge, error: string | undefined): string {
  const parameters = { realm: issuer, error, scope, max_age: maxAgeSeconds };
  const texts = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    // RFC 6750 §3: no quote and no line break, with which a name could end the parameter or the header.
    .map(([name, value]) => `${name}="${String(value).replace(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, '')}"`);
  return `Bearer ${texts.join(', ')}`;
}

/** Sets the answer on one of our errors, once; another error comes back untouched, and what is none as an error. */
export function answered(error: unknown, challenge: Challenge): object {
  if (!AuthError.is(error) || isAnswered(error)) return faultOf(error);
  // One error object that is thrown again and again may be frozen.
  const own: AuthError = Object.isExtensible(error) ? error : Object.create(error);
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(httpAnswerOf(error, challenge)));
}

/** By an adapter of ours, or as one would: a status that a host's store has put on an error is not the visitor's answer. */
function isAnswered(error: AuthError): boolean {
  const headers: unknown = Reflect.get(error, 'headers');
  const { status } = refusalOf(error.code);
  return Reflect.get(error, 'status') === status && typeof headers === 'object' && headers !== null;
}
