/** Express' shapes, described here so that neither Express nor its types are needed. */

import type { HttpRequest } from '../http/request.ts';

/** The parts of a response that are used. */
export interface HttpResponse {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  redirect(status: number, url: string): void;
  render(view: string, locals: object): void;
  end(body: string): unknown;
}

/** The parts of a response that take a cookie: Node's own. */
export interface CookieResponse {
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string | readonly string[]): unknown;
}

/** A request with Express' content negotiation. */
export interface NegotiatingRequest extends HttpRequest {
  accepts(types: string[]): string | false;
}

/** Hands on, or reports an error. */
export type Next = (error?: unknown) => void;

/** An Express 4 or 5 request handler. */
export type Middleware = (request: NegotiatingRequest, response: HttpResponse, next: Next) => void;

/** An Express 4 or 5 error handler: it is told from a request handler by its four parameters. */
export type ErrorMiddleware = (
  error: unknown,
  request: NegotiatingRequest,
  response: HttpResponse,
  next: Next,
) => void;

/** Whether the visitor would rather see a page: a browser does, a `fetch` or a client that accepts anything does not. */
export function prefersHtml(request: NegotiatingRequest): boolean {
  return request.accepts(['json', 'html']) === 'html';
}

/** Whether a page will do: also for a client that accepts anything (`curl`), not for one that asks for JSON. */
export function acceptsHtml(request: NegotiatingRequest): boolean {
  return request.accepts(['html', 'json']) === 'html';
}
