import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningExample, startExample } from './example-process.ts';
import { type Visitor, visitorOf } from './visitor.ts';

// Logins take the time of bcrypt's cost 12, and more on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let example: RunningExample;
let browser: Visitor;
/** What somebody sees who is not signed in, by its path. */
const outside = new Map<string, string>();
/** And who is. */
const inside = new Map<string, string>();

beforeAll(async () => {
  example = await startExample();
  browser = visitorOf(example.url);
  const read = async (pages: Map<string, string>, ...paths: readonly string[]): Promise<void> => {
    for (const path of paths) pages.set(path, (await browser.get(path)).body);
  };
  await read(
    outside,
    '/login',
    '/login?fail=true',
    '/login?done=reset',
    '/login?returnTo=%2Fusers',
    '/nowhere',
  );
  await read(outside, '/users/signup', '/users/verify', '/users/verify?token=x', '/users/forgot');
  await read(outside, '/users/reset', '/users/reset?token=x', '/login?returnTo=%2Faccount%2Femail');
  outside.set('forgot', (await browser.post('/users/forgot', { identifier: 'adm' })).body);
  outside.set('verify', (await browser.post('/users/verify/again', { email: 'a@b.example' })).body);
  await vi.waitFor(async () => {
    await read(outside, '/inbox');
    expect(outside.get('/inbox')).toContain('<article');
  });
  await browser.signIn();
  await read(inside, '/', '/users', '/account', '/account?done=password', '/account/email?token=x');
  await read(inside, '/nowhere/at-all', '/inbox');
});

afterAll(() => example?.stop());

const everyPage = (): readonly (readonly [path: string, page: string])[] => [...outside, ...inside];

/** The values of an attribute, on all of these pages. */
const valuesOf = (attribute: string, pages: ReadonlyMap<string, string>): readonly string[] => {
  const pattern = new RegExp(`\\s${attribute}="([^"]*)"`, 'g');
  return [
    ...new Set(
      [...pages.values()].flatMap((page) => [...page.matchAll(pattern)].map(([, value]) => value ?? '')),
    ),
  ];
};

describe('the pages', () => {
  it.each([
    ['outside', outside, () => visitorOf(example.url)],
    ['inside', inside, () => browser],
  ])('lead nowhere that is not there, %s', async (_, pages, visitor) => {
    const links = [...valuesOf('href', pages), ...valuesOf('src', pages)].map((link) =>
      link.replace(example.url, '').replaceAll('&amp;', '&'),
    );
    expect(links).toContain('/style.css');
    for (const link of links) {
      // The account is behind the login.
      const statuses = link === '/' || link === '/account' ? [200, 302] : [200];
      expect([link, statuses]).toEqual([link, expect.arrayContaining([(await visitor().get(link)).status])]);
    }
  });

  it('send forms to where they are taken', async () => {
    const actions = valuesOf('action', new Map(everyPage()));
    const account = ['/account/address', '/account/close', '/account/email', '/account/password'];
    const users = ['/users/forgot', '/users/reset', '/users/signup', '/users/verify', '/users/verify/again'];
    expect(actions.toSorted()).toEqual([...account, '/login', '/logout', ...users]);
    for (const action of actions) {
      // Nothing is filled in, and so nothing happens.
      expect([action, [302, 303, 400]]).toEqual([
        action,
        expect.arrayContaining([(await visitorOf(example.url).post(action)).status]),
      ]);
    }
  });

  it('never hold a hash', () => {
    expect(inside.get('/users')).toContain('adm@example.com');
    expect(everyPage().join()).not.toMatch(/\$2[abyo]?\$/);
  });

  it('hold no script and no style, so that the policy can forbid them', () => {
    expect(everyPage().join()).not.toMatch(/<script|<style|\son\w+=|\sstyle=/);
  });

  it('say their language and what they are', () => {
    for (const [path, page] of everyPage()) {
      expect([path, page]).toEqual([
        path,
        expect.stringMatching(/<html lang="en">[\s\S]*<title>[^<]+<\/title>/),
      ]);
      expect([path, page.match(/<h1>/g)?.length, page.match(/<main>/g)?.length]).toEqual([path, 1, 1]);
    }
  });
});

describe('every form', () => {
  /** A field and the text before it, of all pages. */
  const inputs = (): readonly string[] =>
    everyPage().flatMap(([, page]) => page.match(/<input (?!type="hidden")[^>]*(?<! hidden)>/g) ?? []);

  it('labels its fields, and no two by one name', () => {
    for (const [path, page] of everyPage()) {
      const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect([path, new Set(ids).size]).toEqual([path, ids.length]);
      const labelled = [...page.matchAll(/<label for="([^"]*)">[^<]+</g)].map(([, id]) => id);
      const fields = [...page.matchAll(/<input id="([^"]*)"/g)].map(([, id]) => id);
      expect([path, labelled]).toEqual([path, fields]);
    }
    expect(inputs().length).toBeGreaterThan(20);
  });

  it('tells password managers what is what', () => {
    for (const input of inputs()) {
      const [, type = ''] = input.match(/ type="(\w+)"/) ?? [];
      const purposes: Readonly<Record<string, RegExp>> = {
        password: /^(new|current)-password$/,
        email: /^email$/,
      };
      expect(input.match(/ autocomplete="([^"]+)"/)?.[1]).toMatch(purposes[type] ?? /^(username|name)$/);
    }
    expect(outside.get('/users/signup')).toMatch(
      /name="password" type="password" autocomplete="new-password"/,
    );
    expect(outside.get('/users/reset?token=x')).toMatch(
      /name="newPassword" type="password" autocomplete="new-/,
    );
    expect(inside.get('/account')).toMatch(/autocomplete="username" value="adm@example.com" hidden/);
  });

  it('says the rule for a new password before it is broken', () => {
    for (const page of [
      outside.get('/users/signup'),
      outside.get('/users/reset?token=x'),
      inside.get('/account'),
    ]) {
      const [, id] = page?.match(/autocomplete="new-password" aria-describedby="([^"]+)"/) ?? [];
      expect(page).toContain(`<p class="hint" id="${id}">At least 15 characters.`);
    }
  });
});

describe('the login form', () => {
  const form = (): string => outside.get('/login') ?? '';

  it.each(['username', 'password'])('labels %s', (field) => {
    expect(form()).toContain(`<label for="${field}">`);
    expect(form()).toMatch(new RegExp(`<input id="${field}" name="${field}"`));
  });

  it('tells password managers what is what, and takes the focus', () => {
    expect(form()).toMatch(/name="username" autocomplete="username"[^>]* autofocus/);
    expect(form()).toMatch(/name="password" type="password" autocomplete="current-password"/);
  });

  it('ties the failure to the fields', () => {
    const failed = outside.get('/login?fail=true') ?? '';
    expect(failed).toContain('id="failure" role="alert"');
    expect(failed.match(/aria-describedby="failure"/g)).toHaveLength(2);
    expect(failed).toContain('<title>Error: Sign in');
  });

  it('says what was done before it, and nothing that a link makes up', async () => {
    expect(outside.get('/login?done=reset')).toContain('role="status">Your password has been changed.');
    for (const done of ['nothing', 'constructor', '<b>']) {
      const { body } = await visitorOf(example.url).get(`/login?done=${encodeURIComponent(done)}`);
      expect(body).not.toContain('role="status"');
    }
  });
});

describe('every answer', () => {
  it.each([
    ...[
      '/login',
      '/users',
      '/nowhere',
      '/style.css',
      '/users/signup',
      '/users/verify?token=x',
      '/users/forgot',
    ],
    ...['/users/reset?token=x', '/account', '/account/email?token=x', '/inbox'],
  ])('protects %s', async (path) => {
    const { headers } = await browser.get(path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('strict-origin');
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
