#!/usr/bin/env node
/** The command `ostiary`. The only file that touches the process. */

import { run } from './run.ts';

// The code is set and the process ends by itself, when everything that was written has been handed over.
process.exitCode = await run(process.argv.slice(2), process);
