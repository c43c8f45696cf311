/** Somebody with a browser: keeps cookies, follows no redirect by itself, and asks for pages. */

/** An answer, read whole. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it sends the visitor. */
  readonly location: string | null;
  readonly body: string;
}

/** The visitor keeps a cookie also when it has expired: what is tested is the server, not the browser. */
export interface Visitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends a form. */
  post(
    path: string,
    form?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  signIn(password?: string): Promise<Answer>;
}

export function visitorOf(url: string): Visitor {
  const cookies = new Map<string, string>();
  const send = async (path: string, request: RequestInit): Promise<Answer> => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const headers = { Accept: 'text/html', ...(cookie === '' ? {} : { Cookie: cookie }), ...request.headers };
    const response = await fetch(`${url}${path}`, { ...request, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      cookies.set(name, value);
    }
    return {
      status: response.status,
      headers: response.headers,
      location: response.headers.get('location'),
      body: await response.text(),
    };
  };
  const visitor: Visitor = {
    cookies,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, form = {}, headers = {}) =>
      send(path, { method: 'POST', body: new URLSearchParams(form), headers }),
    signIn: (password = '123') => visitor.post('/login', { username: 'adm', password }),
  };
  return visitor;
}
