/** The strategy of Passport's tutorials over this comparison of a password with a stored hash. */

import { Strategy } from 'passport-local';

export function tutorialStrategy(accounts, compare) {
  return new Strategy(async (username, password, done) => {
    try {
      const user = accounts.find(({ name }) => name === username);
      if (user === undefined || !(await compare(password, user.hash))) return done(null, false);
      return done(null, user);
    } catch (error) {
      return done(error);
    }
  });
}
