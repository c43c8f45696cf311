/** The same server, and nobody logs in: what a probe takes by itself. */

import { receiveAccounts } from './accounts.mjs';
import { servePassport } from './passport-app.mjs';
import { tutorialStrategy } from './tutorial-strategy.mjs';

servePassport(tutorialStrategy(await receiveAccounts(), () => false));
