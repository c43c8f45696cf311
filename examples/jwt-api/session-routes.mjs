/** The logins of a user: seeing them, and ending one. */

import { STATUS_CODES } from 'node:http';
import { Router } from 'express';
import { getAuth, requireAuth } from 'ostiary/express';

export function sessionRoutes(auth, { from }) {
  const routes = Router();
  // The row knows the id in the table's own type: 7, where a token says '7'.
  const signedIn = requireAuth(auth, { from, loadUser: true });
  const userIdOf = (request) => auth.users.toAuthUser(request.user).id;

  routes
    .route('/sessions')
    .all(signedIn)
    .get(async (request, response, next) => {
      try {
        const current = getAuth(request).sid;
        response.json(await auth.sessions.list(userIdOf(request), { current }));
      } catch (error) {
        next(error);
      }
    });

  routes
    .route('/sessions/:id')
    .all(signedIn)
    .delete(async (request, response, next) => {
      try {
        const [userId, sessionId] = [userIdOf(request), request.params.id];
        const own = await auth.sessions.list(userId);
        // Somebody else's looks like one that never was.
        if (!own.some(({ id }) => id === sessionId)) {
          return response.status(404).json({ message: STATUS_CODES[404] });
        }
        await auth.sessions.end({ userId, sessionId });
        response.sendStatus(204);
      } catch (error) {
        next(error);
      }
    });

  return routes;
}
