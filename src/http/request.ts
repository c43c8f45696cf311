/** What the adapters read of a request, whatever framework made it. */

import type { RequestContext } from '../core/login/request-context.ts';

/** The parts of an Express or Node request that are read here. */
export interface HttpRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders?: readonly string[] | undefined;
  readonly ip?: string | undefined;
  session?: unknown;
}

/** One header as text; one that came twice is joined, as Node joins them. */
export function header(request: HttpRequest, name: string): string | undefined {
  const value = ownHeader(request, name);
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

/**
 * Every value of one header. Of two `Authorization` headers Node keeps the first and says nothing, and others it joins:
 * one that was sent twice is read as it was sent. Otherwise other middleware may have rewritten it.
 */
export function headerValues(request: HttpRequest, name: string): readonly string[] {
  const { rawHeaders } = request;
  if (rawHeaders !== undefined && timesSent(rawHeaders, name) > 1) return sentValues(rawHeaders, name);
  const value = ownHeader(request, name);
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** One that was sent: a polluted prototype would sign everybody in. */
function ownHeader({ headers }: HttpRequest, name: string): string | readonly string[] | undefined {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

function timesSent(rawHeaders: readonly string[], name: string): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (isNamed(rawHeaders[index], name)) times += 1;
  }
  return times;
}

function sentValues(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter((_text, index) => index % 2 === 1 && isNamed(rawHeaders[index - 1], name));
}

/** The lengths are compared first: this looks at each header of each request. */
function isNamed(sent: string | undefined, name: string): boolean {
  return sent?.length === name.length && sent.toLowerCase() === name;
}

/** Where the request came from. */
export function contextOf(request: HttpRequest): RequestContext {
  return { ip: request.ip, userAgent: header(request, 'user-agent') };
}
