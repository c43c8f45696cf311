/** The route without a guard. */

import { serveRoute } from './route.mjs';

serveRoute(() => []);
