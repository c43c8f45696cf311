/** The only place that knows which status a code has. */

import type { AuthErrorCode } from '../core/errors.ts';

/** How a refusal is told over HTTP. */
export interface HttpRefusal {
  readonly status: 400 | 401 | 403 | 409 | 422 | 500 | 503;
  /** The `error` of the `WWW-Authenticate` challenge (RFC 6750 §3.1, RFC 9470 §3); none for missing credentials. */
  readonly challengeError?:
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'insufficient_user_authentication';
}

/** Total: a code without a row does not compile. */
export const httpStatus: Readonly<Record<AuthErrorCode, HttpRefusal>> = {
  ERR_LOGIN_REJECTED: { status: 401 },
  ERR_ACCOUNT_PASSWORD_UNACCEPTABLE: { status: 422 },
  ERR_ACCOUNT_IDENTIFIER_TAKEN: { status: 409 },
  ERR_ACCOUNT_LINK_INVALID: { status: 400 },
  ERR_TOKEN_MISSING: { status: 401 },
  ERR_TOKEN_INVALID: { status: 401, challengeError: 'invalid_token' },
  ERR_TOKEN_EXPIRED: { status: 401, challengeError: 'invalid_token' },
  ERR_TOKEN_REVOKED: { status: 401, challengeError: 'invalid_token' },
  ERR_TOKEN_REUSED: { status: 401, challengeError: 'invalid_token' },
  ERR_REQUEST_AMBIGUOUS: { status: 400, challengeError: 'invalid_request' },
  ERR_ACCESS_SCOPE: { status: 403, challengeError: 'insufficient_scope' },
  ERR_ACCESS_ROLE: { status: 403 },
  ERR_ACCESS_STALE: { status: 401, challengeError: 'insufficient_user_authentication' },
  ERR_CSRF_REJECTED: { status: 403 },
  ERR_INPUT_INVALID: { status: 400 },
  ERR_STATE_UNAVAILABLE: { status: 503 },
  ERR_SERVER_BUSY: { status: 503 },
  ERR_CONFIG_INVALID: { status: 500 },
};

/** A code of another version, out of an error that the host hands on, is a fault of the set-up. */
export function refusalOf(code: string): HttpRefusal {
  const known = Object.hasOwn(httpStatus, code) ? httpStatus[code as AuthErrorCode] : undefined;
  return known ?? httpStatus.ERR_CONFIG_INVALID;
}

/** The reason phrases of RFC 9110 §15: the title of a problem. */
export const httpTitle: Readonly<Record<HttpRefusal['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
