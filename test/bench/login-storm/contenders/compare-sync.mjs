/** The tutorial's way: bcryptjs.compareSync on the event loop. */

import bcrypt from 'bcryptjs';
import { receiveAccounts } from './accounts.mjs';
import { servePassport } from './passport-app.mjs';
import { tutorialStrategy } from './tutorial-strategy.mjs';

servePassport(tutorialStrategy(await receiveAccounts(), bcrypt.compareSync));
