/** The CommonJS host. Arguments: `express4`, `scrypt`. */

'use strict';

const { listen } = require('../listen.cjs');
const { createApp } = require('./app.js');
const { openDoor } = require('./auth.js');

const express = process.argv.includes('express4') ? require('express4') : require('express');

openDoor(process.argv.includes('scrypt') ? 'scrypt' : 'bcrypt').then((door) =>
  listen(createApp(express, door)),
);
