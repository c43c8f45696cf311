/** A request that reads its session, and saves it again when the browser has long gone on. */

import type { RequestHandler } from 'express';
import type { SessionData } from 'express-session';

/** `begin` keeps a copy of the stored session; `end` writes it back, whatever has happened to it since. */
export function slowRequest(): { readonly begin: RequestHandler; readonly end: RequestHandler } {
  let id = '';
  let copy = '';
  return {
    begin: (req, res, next) => {
      req.sessionStore.get(req.sessionID, (error: unknown, stored) => {
        if (error) return next(error);
        id = req.sessionID;
        copy = JSON.stringify(stored);
        res.sendStatus(204);
      });
    },
    end: (req, res, next) => {
      // Nothing but the copy may be what the next request finds.
      req.sessionStore.destroy(id, () => {
        const stored = JSON.parse(copy) as SessionData;
        req.sessionStore.set(id, stored, (error: unknown) => (error ? next(error) : res.sendStatus(204)));
      });
    },
  };
}
