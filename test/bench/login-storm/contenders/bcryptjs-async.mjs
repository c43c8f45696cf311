/** bcryptjs.compare, which cuts the work into slices of about 100 ms, on the event loop all the same. */

import bcrypt from 'bcryptjs';
import { receiveAccounts } from './accounts.mjs';
import { servePassport } from './passport-app.mjs';
import { tutorialStrategy } from './tutorial-strategy.mjs';

servePassport(tutorialStrategy(await receiveAccounts(), bcrypt.compare));
