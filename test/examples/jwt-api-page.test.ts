import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../src/jwt/index.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { apiDoor, serveApi, stopApis } from './served-api.ts';

const folder = fileURLToPath(new URL('../../examples/jwt-api/browser/', import.meta.url));
const files = readdirSync(folder);
const html = readFileSync(`${folder}index.html`, 'utf8');

let api: ApiClient;
beforeEach(async () => {
  api = apiClient(await serveApi(apiDoor()));
});
afterEach(stopApis);

describe('the page', () => {
  it('is at /app, for everybody', async () => {
    const { status, headers } = await api.get('/app');
    expect([status, headers.get('location')]).toEqual([301, '/app/']);
    const page = await api.get('/app/');
    expect([page.status, page.text]).toEqual([200, html]);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it.each(files)('lets nothing run but files of this folder: %s', async (file) => {
    const { status, headers } = await api.get(`/app/${file}`);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    if (file.endsWith('.mjs')) expect(headers.get('content-type')).toMatch(/javascript/);
  });

  it('has what it loads, and no script or style in itself', async () => {
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(loaded).toHaveLength(3);
    for (const path of loaded) expect((await api.get(path)).status).toBe(200);
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
  });

  it('has every element that its script looks for', () => {
    const script = readFileSync(`${folder}page.mjs`, 'utf8');
    const wanted = [...script.matchAll(/element\('([\w-]+)'\)/g)].map(([, id = '']) => id);
    expect(wanted.length).toBeGreaterThan(5);
    for (const id of wanted) expect(html).toContain(`id="${id}"`);
  });

  it.each(files.filter((file) => file.endsWith('.mjs')))('keeps no token in the browser: %s', (file) => {
    const script = readFileSync(folder + file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    expect(script).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML/);
  });

  it.each([
    '/app/../settings.mjs',
    '/app/%2e%2e/settings.mjs',
    '/app/..%2f.env',
    '/app/.env',
    '/settings.mjs',
  ])('does not hand out %s', async (path) => {
    expect((await api.get(path)).status).toBeGreaterThanOrEqual(400);
  });
});

describe('the public keys', () => {
  it('are none with the secret', async () => {
    const { status, body, headers } = await api.get('/.well-known/jwks.json');
    expect([status, body]).toEqual([200, { keys: [] }]);
    expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
  });

  it('are those of the ring, without what is private', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = createKeyRing([{ kid: 'first', algorithm: 'ES256', key: privateKey }]);
    const { body } = await apiClient(await serveApi(apiDoor({ tokens: { keys } }))).get(
      '/.well-known/jwks.json',
    );
    expect(body).toEqual({ keys: [expect.objectContaining({ kid: 'first', kty: 'EC' })] });
    expect(body).not.toHaveProperty('keys.0.d');
  });
});
