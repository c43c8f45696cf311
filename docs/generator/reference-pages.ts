/** The pages that are generated, and where each is. */

import type { Sources } from './declarations.ts';
import { defaultsPage } from './defaults-page.ts';
import { eventsPage } from './events-page.ts';
import { portsPage } from './ports-page.ts';
import { storedPage } from './stored-page.ts';

/** The Markdown of each page, made of the sources and of nothing else. */
export const referencePages: Readonly<Record<string, (sources: Sources) => string>> = {
  'docs/reference/events.md': eventsPage,
  'docs/reference/defaults.md': defaultsPage,
  'docs/reference/ports.md': portsPage,
  'docs/security/what-is-stored.md': storedPage,
};
