/** Somebody with a browser: keeps cookies, follows no redirect by itself, and asks for pages. */

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it sends the visitor. */
  readonly location: string | null;
  readonly body: string;
}

/** The fields of a form; as a list of pairs one may come twice. */
export type Form = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

type HeaderFields = Readonly<Record<string, string>>;

/** The visitor keeps a cookie also when it has expired: what is tested is the server, not the browser. */
export interface Visitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: HeaderFields): Promise<Answer>;
  head(path: string): Promise<Answer>;
  /** Sends a form. */
  post(path: string, form?: Form, headers?: HeaderFields): Promise<Answer>;
  signIn(password?: string, username?: string): Promise<Answer>;
}

/** `heard` gets every answer, headers and body. */
export function visitorOf(url: string, heard: string[] = []): Visitor {
  const cookies = new Map<string, string>();
  const send = async (path: string, request: RequestInit): Promise<Answer> => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const headers = { Accept: 'text/html', ...(cookie === '' ? {} : { Cookie: cookie }), ...request.headers };
    const response = await fetch(`${url}${path}`, { ...request, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      cookies.set(name, value);
    }
    const body = await response.text();
    heard.push([...response.headers, body].join('\n'));
    return {
      status: response.status,
      headers: response.headers,
      location: response.headers.get('location'),
      body,
    };
  };
  const visitor: Visitor = {
    cookies,
    get: (path, headers = {}) => send(path, { headers }),
    head: (path) => send(path, { method: 'HEAD' }),
    post: (path, form = {}, headers = {}) => send(path, { method: 'POST', body: encoded(form), headers }),
    signIn: (password = '123', username = 'adm') => visitor.post('/login', { username, password }),
  };
  return visitor;
}

function encoded(form: Form): URLSearchParams {
  return new URLSearchParams(Array.isArray(form) ? form : Object.entries(form));
}
