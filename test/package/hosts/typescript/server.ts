/** The TypeScript host. */

import { listen } from '../listen.cjs';
import { createApp } from './app.js';
import { openDoor } from './auth.js';

listen(createApp(openDoor()));
