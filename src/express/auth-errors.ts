/** Turns refusals into answers. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { kindOf, readOptions } from '../core/options.ts';
import { answered, type HttpAnswer, problemOf } from '../http/problem.ts';
import { type ErrorMiddleware, prefersHtml } from './middleware.ts';

/** How refusals are shown. */
export interface AuthErrorsOptions {
  /** The view that a browser gets, rendered with the problem document. Default: none, everybody gets JSON. */
  readonly view?: string;
}

/**
 * Answers every {@link AuthError} that reaches `next` with its status and an RFC 9457 problem document; other errors go
 * on. Mount it after the routes. A `ConfigError` is a mistake in the code: it is answered with 500 and its message goes
 * to the process' warnings, not to the visitor.
 *
 * @throws {ConfigError} naming the option.
 *
 * @example
 * ```ts
 * app.use(authErrors({ view: 'error' }));
 * ```
 */
export function authErrors(options?: AuthErrorsOptions): ErrorMiddleware {
  const { view } = readOptions<{ readonly view: string | undefined }>('authErrors', options, {
    view: readView,
  });
  return function authErrors(error, request, response, next) {
    if (!AuthError.is(error) || response.headersSent) return next(error);
    if (error.code === 'ERR_CONFIG_INVALID')
      process.emitWarning(error.message, { code: 'OSTIARY_CONFIG_INVALID' });
    const { status, headers } = answered(error, { issuer: 'ostiary' }) as unknown as HttpAnswer;
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-store');
    if (view !== undefined && prefersHtml(request)) return response.render(view, problemOf(error));
    response.setHeader('Content-Type', 'application/problem+json');
    response.end(JSON.stringify(problemOf(error)));
  };
}

function readView(value: unknown, path: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new ConfigError(path, `must be the name of a view, got ${kindOf(value)}`);
}
