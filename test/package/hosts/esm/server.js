/** The ESM host. Arguments: `express4`, `scrypt`. */

import { listen } from '../listen.cjs';
import { createApp } from './app.js';
import { openDoor } from './auth.js';

const { default: express } = await import(process.argv.includes('express4') ? 'express4' : 'express');

listen(createApp(express, await openDoor(process.argv.includes('scrypt') ? 'scrypt' : 'bcrypt')));
