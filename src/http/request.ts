/** What the adapters read of a request, whatever framework made it. */

import type { RequestContext } from '../core/login/password-login.ts';

/** The parts of an Express or Node request that are read here. */
export interface HttpRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly ip?: string | undefined;
  session?: unknown;
}

/** One header as text; one that came twice is joined, as Node joins them. */
export function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

/** Where the request came from. */
export function contextOf(request: HttpRequest): RequestContext {
  return { ip: request.ip, userAgent: header(request, 'user-agent') };
}
