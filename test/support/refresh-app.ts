/** A browser application that keeps its refresh token in a cookie, on Express 4 or 5, and a browser with its jar. */

import type express5 from 'express';
import request, { type Response } from 'supertest';
import {
  authErrors,
  type RefreshCookie,
  type RefreshCookieOptions,
  refreshCookie,
} from '../../src/express/index.ts';
import { aliceRow, type Door, type DoorParts, door } from './door.ts';

export interface RefreshApp extends Door {
  readonly app: express5.Express;
  readonly cookie: RefreshCookie;
}

/** `POST /login`, `POST /token` and `POST /logout`; `/token` answers also to a GET, as a careless router does. */
export function refreshApp(
  express: typeof express5,
  options: RefreshCookieOptions = {},
  parts: DoorParts<Door['hasher']> = {},
): RefreshApp {
  const made = door(parts);
  const { tokens } = made.auth;
  const cookie = refreshCookie(options);
  const app = express();
  app.post('/login', (_req, res, next) => {
    res.cookie('theme', 'dark');
    tokens
      .issue(aliceRow(), { refresh: true })
      .then(({ refreshToken, ...pair }) => {
        cookie.write(res, refreshToken === undefined ? {} : { refreshToken });
        res.json(pair);
      })
      .catch(next);
  });
  app.all('/token', (req, res, next) => {
    const act = async (): Promise<void> => {
      const { refreshToken, ...pair } = await tokens.refresh(cookie.read(req) ?? '');
      cookie.write(res, refreshToken === undefined ? {} : { refreshToken });
      res.json(pair);
    };
    act().catch(next);
  });
  app.post('/logout', (req, res, next) => {
    const act = async (): Promise<void> => {
      await tokens.revoke(cookie.read(req) ?? '');
      cookie.clear(res);
      res.sendStatus(204);
    };
    act().catch(next);
  });
  app.use(authErrors());
  return { ...made, app, cookie };
}

/** A browser that keeps cookies by name, as RFC 6265 §5.3 says, of the answers in the order in which they arrive. */
export interface Jar {
  readonly cookies: Map<string, string>;
  /** Sends what it has. The answer changes the jar when `received` is called. */
  send(path: string, headers?: Record<string, string>, method?: 'get' | 'post'): Promise<Response>;
  receive(response: Response): Response;
}

export function jarOf(app: express5.Express): Jar {
  const cookies = new Map<string, string>();
  return {
    cookies,
    send: async (path, headers = {}, method = 'post') => {
      const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      return request(app)
        [method](path)
        .set({ ...(Cookie === '' ? {} : { Cookie }), ...headers });
    },
    receive: (response) => {
      for (const text of setCookies(response)) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
        if (/; Max-Age=0(;|$)/.test(text)) cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}

/** The cookies that an answer sets. */
export function setCookies({ headers }: Response): readonly string[] {
  return (headers['set-cookie'] as unknown as string[] | undefined) ?? [];
}
