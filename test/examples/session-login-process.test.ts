import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runExample, startExample } from './example-process.ts';
import { visitorOf } from './visitor.ts';

const secrets = {
  AUTH_SECRET: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
  SESSION_SECRET: 'Zq9fR2mXk7TtB4yLw1NcPj6HsVd8gEa3',
};

describe.concurrent('the settings', { timeout: 60_000 }, () => {
  it.each([
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['SESSION_MAX_AGE', '0'],
    ['SESSION_MAX_AGE', '30m'],
    ['SESSION_MAX_AGE', '2592001'],
  ])('are refused with %s=%s', async (name, value) => {
    const { code, stdout, stderr } = await runExample({ [name]: value });
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^${name} must be a whole number .*${value}.*\n$`));
    expect(stdout).toBe('');
  });

  it('may have a longest session that is longer than 12 hours', async () => {
    const example = await startExample({ SESSION_MAX_AGE: '2592000' });
    expect((await visitorOf(example.url).signIn()).location).toBe('/');
    await example.stop();
  });

  it('sign the cookie with SESSION_SECRET', async () => {
    const example = await startExample(secrets);
    const browser = visitorOf(example.url);
    await browser.signIn();
    const cookie = decodeURIComponent(browser.cookies.get('connect.sid') ?? '');
    const [, id = '', signature = ''] = cookie.match(/^s:([^.]+)\.(.+)$/) ?? [];
    const mac = createHmac('sha256', secrets.SESSION_SECRET).update(id).digest('base64');
    expect(mac.replace(/=+$/, '')).toBe(signature);
    await example.stop();
  });

  it('hand AUTH_SECRET to createAuth, which refuses a short one without printing it', async () => {
    const { code, stdout, stderr } = await runExample({ ...secrets, AUTH_SECRET: 'tooshort' });
    expect(code).toBe(1);
    expect(stderr).toContain('has 8 bytes and needs at least 32');
    expect(stdout + stderr).not.toContain('tooshort');
  });

  it('may stand in .env, which the environment overrides', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-example-'));
    const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, '.env'), `${lines.join('')}PORT=nonsense\n`);
    const example = await startExample({}, { folder });
    expect(example.printed()).not.toContain('Not set');
    await example.stop();
    rmSync(folder, { recursive: true });
  });
});

describe.concurrent('the start', { timeout: 60_000 }, () => {
  it('says where it listens and who may sign in', async () => {
    const example = await startExample(secrets);
    expect(example.printed().split('\n').slice(0, 3)).toEqual([
      `Listening on ${example.url}`,
      'Sign in as adm with the password 123.',
      expect.stringContaining(`${example.url}/inbox`),
    ]);
    expect(example.printed()).not.toContain('Not set: ');
    expect((await visitorOf(example.url).get('/login')).status).toBe(200);
    await example.stop();
  });

  it.each([
    ['both secrets', {}, 'AUTH_SECRET, SESSION_SECRET'],
    ['one secret', { SESSION_SECRET: secrets.SESSION_SECRET }, 'AUTH_SECRET'],
    ['an empty one', { ...secrets, SESSION_SECRET: '' }, 'SESSION_SECRET'],
  ])('says that it made %s', async (_, settings: Record<string, string>, names) => {
    const example = await startExample(settings);
    expect(example.printed()).toContain(`Not set: ${names}. Made at random`);
    // No text of the length of a secret is printed.
    expect(example.printed()).not.toMatch(/[\w-]{32,}/);
    await example.stop();
  });

  it('refuses a port that is in use, and says what to do', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runExample({ PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use.`);
    expect(stderr).toContain('PORT=3001');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe.concurrent('a session', { timeout: 60_000 }, () => {
  it('ends SESSION_MAX_AGE seconds after the last request', async () => {
    const example = await startExample({ SESSION_MAX_AGE: '1' });
    const browser = visitorOf(example.url);
    expect((await browser.signIn()).location).toBe('/');
    await sleep(2100);
    expect((await browser.get('/')).location).toBe('/login');
    await example.stop();
  });

  it('is moved on by every answer, as its cookie is', async () => {
    const example = await startExample();
    const browser = visitorOf(example.url);
    const first = expiryOf(await browser.signIn());
    await sleep(1100);
    const second = expiryOf(await browser.get('/'));
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    await example.stop();
  });

  function expiryOf({ headers }: { readonly headers: Headers }): number {
    return Date.parse(headers.get('set-cookie')?.match(/Expires=([^;]+)/)?.[1] ?? '');
  }
});

describe.concurrent('the end', { timeout: 60_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is clean at %s, also with connections open', async (signal) => {
    const example = await startExample();
    const browser = visitorOf(example.url);
    expect((await browser.signIn()).location).toBe('/');
    const { code, stderr } = await example.stop(signal);
    expect([code, stderr]).toEqual([0, '']);
    await expect(browser.get('/login')).rejects.toThrow();
  });

  // npm starts the example in a shell, and that is what gets npm's signal.
  it('comes also when only the shell around it is ended', async () => {
    const start = fileURLToPath(new URL('../../examples/start.mjs', import.meta.url));
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${start}" session-login; true`], {
      env: { PATH: process.env['PATH'], PORT: '0', npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    shell.stdout.on('data', (data) => {
      printed += data;
    });
    while (!printed.includes('Listening')) await once(shell.stdout, 'data');
    const [url = ''] = printed.match(/http:\S+/) ?? [];
    expect((await visitorOf(url).get('/login')).status).toBe(200);
    shell.kill();
    // The example holds the other end of the pipe until it ends.
    await once(shell, 'close');
    await expect(visitorOf(url).get('/login')).rejects.toThrow();
  });
});
