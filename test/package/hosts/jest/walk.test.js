/** The CommonJS host inside Jest. */

'use strict';

const { once } = require('node:events');
const express = require('express');
const { AuthError, ConfigError, createAuth } = require('ostiary');
const { createApp } = require('../commonjs/app.js');
const { openDoor } = require('../commonjs/auth.js');
const { expected } = require('../expected.cjs');
const { walk } = require('../walk.cjs');

let door;
let server;

beforeAll(async () => {
  door = await openDoor();
  server = createApp(express, door).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await door.auth.close();
});

test('walks through every flow', async () => {
  expect(await walk(`http://127.0.0.1:${server.address().port}`)).toEqual(expected);
});

test('throws errors of our classes', () => {
  const make = () => createAuth({});
  expect(make).toThrow(ConfigError);
  expect(make).toThrow(AuthError);
});
