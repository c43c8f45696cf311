/** The middleware of many tutorials: a header of its own, and nothing checked but signature and expiry. */

import jsonwebtoken from 'jsonwebtoken';
import { serveRoute } from './route.mjs';

serveRoute(({ keys }) => [
  (request, response, next) => {
    const token = request.headers['x-access-token'];
    if (!token) return response.status(401).send({ auth: false, message: 'No token provided.' });
    jsonwebtoken.verify(token, keys.verify, (error, decoded) => {
      if (error) return response.status(401).send({ auth: false, message: 'Failed to authenticate token.' });
      request.userId = decoded.sub;
      next();
    });
  },
]);
