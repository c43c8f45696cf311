/** A request that reads its session, and saves it again when the browser has long gone on. */

'use strict';

/** `begin` keeps a copy of the stored session; `end` writes it back, whatever has happened to it since. */
exports.slowRequest = () => {
  let id;
  let copy;
  return {
    begin: (req, res, next) => {
      req.sessionStore.get(req.sessionID, (error, stored) => {
        if (error) return next(error);
        id = req.sessionID;
        copy = JSON.stringify(stored);
        res.sendStatus(204);
      });
    },
    end: (req, res, next) => {
      // Nothing but the copy may be what the next request finds.
      req.sessionStore.destroy(id, () => {
        req.sessionStore.set(id, JSON.parse(copy), (error) => (error ? next(error) : res.sendStatus(204)));
      });
    },
  };
};
