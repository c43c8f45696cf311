/** A client of the JWT API: speaks JSON, keeps no cookies, follows nothing. */

/** An answer, read whole. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, or `undefined` when it is none. */
  readonly body: unknown;
}

type HeaderFields = Readonly<Record<string, string>>;

export interface ApiClient {
  /** Everything that was answered so far: headers and bodies. */
  readonly heard: string[];
  send(method: string, path: string, headers?: HeaderFields, body?: string): Promise<ApiAnswer>;
  get(path: string, headers?: HeaderFields): Promise<ApiAnswer>;
  /** Sends a login, as JSON unless it is a text already. */
  login(body: unknown): Promise<ApiAnswer>;
  logout(headers?: HeaderFields): Promise<ApiAnswer>;
  /** A token of a login that must succeed. */
  token(user?: string, password?: string): Promise<string>;
}

export function apiClient(url: string): ApiClient {
  const heard: string[] = [];
  const client: ApiClient = {
    heard,
    send: async (method, path, headers = {}, body) => {
      const request = {
        method,
        headers,
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      } as const;
      const response = await fetch(`${url}${path}`, request);
      const text = await response.text();
      heard.push([...response.headers, text].join('\n'));
      return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
    },
    get: (path, headers) => client.send('GET', path, headers),
    login: (body) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return client.send('POST', '/login', { 'Content-Type': 'application/json' }, text);
    },
    logout: (headers) => client.send('POST', '/logout', headers),
    token: async (user = 'abc', password = '123') => {
      const { status, body } = await client.login({ user, password });
      const token: unknown = Reflect.get(Object(body) as object, 'token');
      if (status !== 200 || typeof token !== 'string') throw new Error(`the login answered ${status}`);
      return token;
    },
  };
  return client;
}

/** The two ways in which a client may send its token. */
export const tokenHeaders: readonly (readonly [name: string, headersOf: (token: string) => HeaderFields])[] =
  [
    ['x-access-token', (token) => ({ 'x-access-token': token })],
    ['Authorization', (token) => ({ Authorization: `Bearer ${token}` })],
  ];

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
