import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { expected } from './hosts/expected.cjs';
import { walkThrough } from './running-host.ts';

const hosts = join(inject('workspace').folder, 'hosts');

describe('the two formats in one application', () => {
  it.each([
    'createAuth',
    'requireAuth',
    'getAuth,getToken',
    'sessionLogin',
    'LocalStrategy',
    'BearerStrategy',
    'serializeSessions',
    'logOut',
    'requireAuth,getAuth,getToken,sessionLogin,authErrors',
    'LocalStrategy,BearerStrategy,serializeSessions,logOut',
  ])('work with %s from the ES modules and all else from CommonJS', async (names) => {
    expect(await walkThrough(hosts, ['mixed/server.js', names])).toEqual(expected);
  });
});
