/** ostiary as built, by its name, as a host has it: `requireOstiary('ostiary/passport')`. */

import { createRequire } from 'node:module';

// This folder has a package.json of its own, so the name is looked up from the root's.
export const requireOstiary = createRequire(new URL('../../package.json', import.meta.url));
