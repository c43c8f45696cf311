/** The CommonJS host, with the parts that the argument names from the ES modules: `createAuth,LocalStrategy`. */

import express from 'express';
import * as expressEntry from 'ostiary/express';
import * as passportEntry from 'ostiary/passport';
import { createApp } from '../commonjs/app.js';
import { openDoor as openDoorOfCommonjs } from '../commonjs/auth.js';
import { openDoor as openDoorOfModules } from '../esm/auth.js';
import { listen } from '../listen.cjs';
import { commonjsEntries } from './commonjs-entries.cjs';

const fromModules = (process.argv[2] ?? '').split(',');
const modules = { ...expressEntry, ...passportEntry };
const entries = Object.fromEntries(
  Object.entries(commonjsEntries).map(([name, value]) => [
    name,
    fromModules.includes(name) ? modules[name] : value,
  ]),
);

const openDoor = fromModules.includes('createAuth') ? openDoorOfModules : openDoorOfCommonjs;
listen(createApp(express, await openDoor(), entries));
