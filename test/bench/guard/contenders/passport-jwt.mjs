/** passport-jwt, with the secret as text, as its README has it, or as a `KeyObject`. It loads no user. */

import { Passport } from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { serveRoute } from './route.mjs';
import { secretOf } from './secret.mjs';

serveRoute(({ algorithm, keys, issuer, audience, settings }) => {
  const passport = new Passport();
  const options = {
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    secretOrKey: secretOf(keys, settings),
    algorithms: [algorithm],
    issuer,
    audience,
  };
  passport.use(new Strategy(options, ({ sub }, done) => done(null, { id: sub })));
  return [passport.authenticate('jwt', { session: false })];
});
