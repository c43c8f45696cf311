/** express-jwt, with the secret as text, as its README has it, or as a `KeyObject`. */

import { expressjwt } from 'express-jwt';
import { serveRoute } from './route.mjs';
import { secretOf } from './secret.mjs';

serveRoute(({ algorithm, keys, issuer, audience, settings }) => [
  expressjwt({ secret: secretOf(keys, settings), algorithms: [algorithm], issuer, audience }),
]);
