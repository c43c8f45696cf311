/** A browser with one cookie, which a test can read, keep and plant. */

import request, { type Response } from 'supertest';

type App = Parameters<typeof request>[0];

/** Sends requests and remembers the last cookie it was given. */
export interface Browser {
  /** `name=value` of the last cookie, or `undefined`. */
  cookie: string | undefined;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form. */
  post(path: string, form?: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
}

export function browserOf(app: App, cookie?: string): Browser {
  const remember = async (sent: PromiseLike<Response>): Promise<Response> => {
    const response = await sent;
    const given = response.headers['set-cookie'] as unknown as string[] | undefined;
    const value = given?.at(-1)?.split(';')[0];
    if (value !== undefined) browser.cookie = value;
    return response;
  };
  const withCookie = (headers: Record<string, string>): Record<string, string> =>
    browser.cookie === undefined ? headers : { Cookie: browser.cookie, ...headers };
  const browser: Browser = {
    cookie,
    get: (path, headers = {}) => remember(request(app).get(path).set(withCookie(headers))),
    post: (path, form = {}, headers = {}) =>
      remember(request(app).post(path).set(withCookie(headers)).type('form').send(form)),
  };
  return browser;
}
