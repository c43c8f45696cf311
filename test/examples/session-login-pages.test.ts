import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningExample, startExample } from './example-process.ts';
import { type Visitor, visitorOf } from './visitor.ts';

// Logins take the time of bcrypt's cost 12, and more on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let example: RunningExample;
let browser: Visitor;
/** Every page there is, by its path. */
const pages = new Map<string, string>();

beforeAll(async () => {
  example = await startExample();
  browser = visitorOf(example.url);
  const read = async (...paths: readonly string[]): Promise<void> => {
    for (const path of paths) pages.set(path, (await browser.get(path)).body);
  };
  await read('/login', '/login?fail=true', '/login?returnTo=%2Fusers', '/nowhere');
  await browser.signIn();
  await read('/', '/users', '/nowhere/at-all');
});

afterAll(() => example?.stop());

const everyPage = (): string => [...pages.values()].join('\n');

/** The values of an attribute, on all pages. */
const valuesOf = (attribute: string): readonly string[] =>
  [...everyPage().matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].map(([, value]) => value ?? '');

describe('the pages', () => {
  it('lead nowhere that is not there', async () => {
    const links = [...new Set([...valuesOf('href'), ...valuesOf('src')])];
    expect(links).toContain('/style.css');
    for (const link of links) expect([link, (await browser.get(link)).status]).toEqual([link, 200]);
    const actions = [...new Set(valuesOf('action'))];
    expect(actions.toSorted()).toEqual(['/login', '/logout']);
    for (const action of actions)
      expect([action, (await browser.post(action)).status]).toEqual([action, 302]);
  });

  it('never hold a hash', () => {
    expect(pages.get('/users')).toContain('adm@example.com');
    expect(everyPage()).not.toMatch(/\$2[abyo]?/);
  });

  it('hold no script and no style, so that the policy can forbid them', () => {
    expect(everyPage()).not.toMatch(/<script|<style|\son\w+=|\sstyle=/);
  });

  it('say their language and what they are', () => {
    for (const [path, page] of pages) {
      expect([path, page]).toEqual([
        path,
        expect.stringMatching(/<html lang="en">[\s\S]*<title>[^<]+<\/title>/),
      ]);
      expect([path, page.match(/<h1>/g)?.length, page.match(/<main>/g)?.length]).toEqual([path, 1, 1]);
    }
  });
});

describe('the login form', () => {
  const form = (): string => pages.get('/login') ?? '';

  it.each(['username', 'password'])('labels %s', (field) => {
    expect(form()).toContain(`<label for="${field}">`);
    expect(form()).toMatch(new RegExp(`<input id="${field}" name="${field}"`));
  });

  it('tells password managers what is what, and takes the focus', () => {
    expect(form()).toMatch(/name="username" autocomplete="username"[^>]* autofocus/);
    expect(form()).toMatch(/name="password" type="password" autocomplete="current-password"/);
  });

  it('ties the failure to the fields', () => {
    const failed = pages.get('/login?fail=true') ?? '';
    expect(failed).toContain('id="failure" role="alert"');
    expect(failed.match(/aria-describedby="failure"/g)).toHaveLength(2);
    expect(failed).toContain('<title>Error: Sign in');
  });
});

describe('every answer', () => {
  it.each(['/login', '/users', '/nowhere', '/style.css'])('protects %s', async (path) => {
    const { headers } = await browser.get(path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.has('x-powered-by')).toBe(false);
  });

  it('of a page is not kept', async () => {
    expect((await browser.get('/users')).headers.get('cache-control')).toBe('no-store');
  });

  it('to a request that cannot be read is a page without a stack', async () => {
    const { status, body } = await browser.post('/login', { username: 'a'.repeat(200_000) });
    expect(status).toBe(413);
    expect(body).toContain('<h1>Payload Too Large</h1>');
    expect(body).not.toContain('.js:');
  });
});
