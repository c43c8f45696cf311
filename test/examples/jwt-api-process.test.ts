import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { apiClient } from './api-client.ts';
import { type ExamplePlace, runExample, startExample } from './example-process.ts';

const place: ExamplePlace = { name: 'jwt-api' };
const secret = { AUTH_SECRET: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA' };
const https = { BASE_URL: 'https://api.example' };
/** What Node writes of the refresh cookie where people do not come over HTTPS. */
const cookieWarning =
  /^\(node:\d+\) \[OSTIARY_COOKIE_NOT_SECURE\] Warning: refreshCookie: .*\n\(Use `node --trace-warnings .*\n$/;
const curl = spawnSync('curl', ['--version']).status === 0;

describe.concurrent('the settings', { timeout: 60_000 }, () => {
  it.each(['abc', '65536', '-1', '80.5'])('are refused with PORT=%s', async (port) => {
    const { code, stdout, stderr } = await runExample({ PORT: port }, place);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^PORT must be a whole number .*${port}.*\n$`));
  });

  it('hand AUTH_SECRET to createAuth, which refuses a short one without printing it', async () => {
    const { code, stdout, stderr } = await runExample({ AUTH_SECRET: 'tooshort' }, place);
    expect(code).toBe(1);
    expect(stderr).toContain('has 8 bytes and needs at least 32');
    expect(stdout + stderr).not.toContain('tooshort');
  });

  it('may stand in .env, which the environment overrides', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-example-'));
    writeFileSync(join(folder, '.env'), `AUTH_SECRET=${secret.AUTH_SECRET}\nPORT=nonsense\n`);
    const example = await startExample({}, { ...place, folder });
    expect(example.printed()).not.toContain('Not set');
    await example.stop();
    rmSync(folder, { recursive: true });
  });
});

describe.concurrent('the start', { timeout: 60_000 }, () => {
  it('says where it listens and how to try it', async () => {
    const example = await startExample(secret, place);
    const lines = example.printed().trimEnd().split('\n');
    expect(lines[0]).toBe(`Listening on ${example.url}`);
    expect(lines.filter((line) => line.includes('curl '))).toHaveLength(6);
    expect(example.printed()).toContain(`${example.url}/app (`);
    expect(example.printed()).toContain(`${example.url}/sessions `);
    expect(example.printed()).not.toContain('Not set');
    await example.stop();
  });

  it.runIf(curl)('prints commands that log in, call, log out, are refused, and refresh', async () => {
    const example = await startExample(secret, place);
    const commands = example.printed().match(/^.*curl .*$/gm) ?? [];
    const { stdout } = await promisify(execFile)('sh', ['-c', commands.join('\n')]);
    expect(stdout.match(/(?<=HTTP\/1\.1 )\d+/g)).toEqual(['200', '200', '401', '200']);
    expect(stdout).toMatch(/"expiresIn":300,"refreshToken":"[^"]+"\}/);
    expect(stdout).toContain('{"auth":false,"token":null}');
    expect(stdout).toContain('Failed to authenticate token.');
    await example.stop();
  });

  it.each([
    ['no secret', {}],
    ['an empty one', { AUTH_SECRET: '' }],
  ])('says that it made one for %s, and does not print it', async (_, settings: Record<string, string>) => {
    const example = await startExample(settings, place);
    expect(example.printed()).toContain('Not set: AUTH_SECRET. Made at random');
    expect(example.printed()).not.toMatch(/[\w-]{32,}/);
    await example.stop();
  });

  it('refuses a port that is in use, and says what to do', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runExample({ PORT: String(port) }, place);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use.`);
    expect(stderr).toContain('PORT=3001 npm run start:api');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe.concurrent('a token', { timeout: 60_000 }, () => {
  it('outlives a restart with the same secret', async () => {
    const first = await startExample(secret, place);
    const token = await apiClient(first.url).token();
    await first.stop();
    const second = await startExample(secret, place);
    const { status } = await apiClient(second.url).get('/clients', { 'x-access-token': token });
    expect(status).toBe(200);
    await second.stop();
  });

  it('does not outlive one with a random secret', async () => {
    const first = await startExample({}, place);
    const token = await apiClient(first.url).token();
    await first.stop();
    const second = await startExample({}, place);
    const { status } = await apiClient(second.url).get('/clients', { 'x-access-token': token });
    expect(status).toBe(401);
    await second.stop();
  });

  it('is not printed, and nothing else of a login is', async () => {
    const example = await startExample(secret, place);
    const client = apiClient(example.url);
    const token = await client.token();
    await client.login({ user: 'abc', password: 'a wrong one' });
    const { stdout, stderr } = await example.stop();
    expect(stderr).toMatch(cookieWarning);
    expect(stdout + stderr).not.toContain(token);
    expect(stdout + stderr).not.toContain('a wrong one');
  });
});

describe.concurrent('the refresh cookie', { timeout: 60_000 }, () => {
  it.each([
    ['plain http', {}, /^refresh=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/],
    ['HTTPS', https, /^__Host-refresh=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/],
    ['production', { NODE_ENV: 'production' }, /^__Host-refresh=.*; Secure; /],
  ])('is made for %s', async (_, settings: Record<string, string>, text) => {
    const example = await startExample(settings, place);
    const { headers } = await apiClient(example.url).login({ user: 'abc', password: '123', cookie: true });
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(text)]);
    const { stderr } = await example.stop();
    expect(stderr).toMatch(/Secure/.test(text.source) ? /^$/ : cookieWarning);
  });
});

describe.concurrent('the end', { timeout: 60_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is clean at %s, also with connections open', async (signal) => {
    const example = await startExample(https, place);
    const client = apiClient(example.url);
    await client.token();
    const { code, stderr } = await example.stop(signal);
    expect([code, stderr]).toEqual([0, '']);
    await expect(client.get('/')).rejects.toThrow();
  });

  // npm starts the example in a shell, and that is what gets npm's signal.
  it('comes also when only the shell around it is ended', async () => {
    const start = fileURLToPath(new URL('../../examples/start.mjs', import.meta.url));
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${start}" jwt-api; true`], {
      env: { PATH: process.env['PATH'], PORT: '0', npm_lifecycle_event: 'start:api' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    shell.stdout.on('data', (data) => {
      printed += data;
    });
    while (!printed.includes('Listening')) await once(shell.stdout, 'data');
    const [url = ''] = printed.match(/http:\S+/) ?? [];
    expect((await apiClient(url).get('/')).status).toBe(200);
    shell.kill();
    // The example holds the other end of the pipe until it ends.
    await once(shell, 'close');
    await expect(apiClient(url).get('/')).rejects.toThrow();
  });
});
