/** A refusal as an HTTP answer. */

import { AuthError, type AuthErrorCode } from '../core/errors.ts';
import { faultOf } from '../core/fault.ts';
import { httpStatus, httpTitle } from './status.ts';

/** An RFC 9457 problem document. It never holds the error's message, which is for developers. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: AuthErrorCode;
  /** When to try again. */
  readonly retryAfterSeconds?: number;
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
  const { status } = httpStatus[error.code];
  const retryAfterSeconds: unknown = Reflect.get(error, 'retryAfterSeconds');
  const fields = Reflect.get(error, 'fields') as Problem['fields'];
  return {
    type: 'about:blank',
    title: httpTitle[status],
    status,
    code: error.code,
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    ...(typeof fields === 'object' ? { fields } : {}),
  };
}

/**
 * The status and the headers of a refusal. `challenge` holds the parameters of `WWW-Authenticate`: every 401 says where
 * to sign in (RFC 9110 §15.5.2).
 */
export function httpAnswerOf(
  error: AuthError,
  challenge: { readonly issuer: string; readonly maxAgeSeconds?: number | undefined },
): HttpAnswer {
  const { status, challengeError } = httpStatus[error.code];
  const retryAfterSeconds: unknown = Reflect.get(error, 'retryAfterSeconds');
  const parameters = [
    `realm="${challenge.issuer}"`,
    ...(challengeError === undefined ? [] : [`error="${challengeError}"`]),
    ...(challenge.maxAgeSeconds === undefined ? [] : [`max_age="${challenge.maxAgeSeconds}"`]),
  ];
  return {
    status,
    statusCode: status,
    headers: {
      ...(status === 401 ? { 'WWW-Authenticate': `Bearer ${parameters.join(', ')}` } : {}),
      ...(typeof retryAfterSeconds === 'number' ? { 'Retry-After': String(retryAfterSeconds) } : {}),
    },
  };
}

/** Sets the answer on one of our errors, once; another error comes back untouched, and what is none as an error. */
export function answered(
  error: unknown,
  challenge: { readonly issuer: string; readonly maxAgeSeconds?: number | undefined },
): object {
  if (!AuthError.is(error) || 'headers' in error) return faultOf(error);
  return Object.assign(error, httpAnswerOf(error, challenge));
}
