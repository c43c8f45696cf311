import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningExample, startExample } from './example-process.ts';
import { inboxOf } from './inbox.ts';
import { type Answer, type Form, type Visitor, visitorOf } from './visitor.ts';

// Passwords take the time of bcrypt's cost 12, and more on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const password = 'correct horse battery staple';

let example: RunningExample;
/** Signed in as adm. */
let adm: Visitor;

beforeAll(async () => {
  example = await startExample();
  adm = visitor();
  expect((await adm.signIn()).location).toBe('/');
});

afterAll(() => example?.stop());

const visitor = (): Visitor => visitorOf(example.url);

/** The forms, each with what would be accepted. */
const forms: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/users/signup': { name: 'Ann', email: 'new@example.org', password },
  '/users/verify': { token: 'x', password },
  '/users/verify/again': { email: 'new@example.org' },
  '/users/forgot': { identifier: 'adm' },
  '/users/reset': { token: 'x', newPassword: password },
  '/account/password': { currentPassword: '123', newPassword: password },
  '/account/address': { currentPassword: '123', newEmail: 'new@example.org' },
  '/account/close': { currentPassword: '123' },
  '/account/email': { token: 'x' },
};
const paths = Object.keys(forms);

const fields = Object.entries(forms).flatMap(([path, form]) => Object.keys(form).map((name) => [path, name]));

const everyPath = [...paths, '/login'];

describe('a form that another site sends', () => {
  it.each(
    everyPath.flatMap((path) => [
      [path, 'Sec-Fetch-Site', 'cross-site'],
      [path, 'Origin', 'https://evil.example'],
      [path, 'Origin', 'null'],
    ]),
  )('to %s is refused, told by %s: %s', async (path, name = '', value = '') => {
    const { status, body } = await adm.post(path ?? '', forms[path ?? ''], { [name]: value });
    expect([status, body]).toEqual([403, expect.stringContaining('another site')]);
  });

  it.each(everyPath)('to %s is none when this site sends it', async (path) => {
    const headers = { 'Sec-Fetch-Site': 'same-origin', Origin: example.url };
    // Nothing is filled in, and so nothing happens.
    expect((await visitor().post(path, {}, headers)).status).not.toBe(403);
  });
});

describe('a form whose fields are no texts', () => {
  it.each(fields)('is refused at %s when %s comes twice', async (path = '', name = '') => {
    const form = [...Object.entries(forms[path] ?? {}), [name, 'twice']] as const;
    const { status, body } = await adm.post(path, form);
    expect([status, body]).toEqual([400, expect.stringContaining('<title>Error: ')]);
  });

  it.each(fields.filter(([path, name]) => path !== '/users/verify' || name !== 'password'))(
    'is refused at %s when %s is an object',
    async (path = '', name = '') => {
      const { [name]: value = '', ...others } = forms[path] ?? {};
      const { status, body } = await adm.post(path, { ...others, [`${name}[$ne]`]: value });
      expect([status, body]).toEqual([400, expect.stringContaining('<title>Error: ')]);
    },
  );

  it.each(paths)('is refused at %s when it is JSON', async (path) => {
    const response = await fetch(`${example.url}${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Cookie: [...adm.cookies].map((pair) => pair.join('=')).join('; '),
      },
      body: JSON.stringify(forms[path]),
    });
    expect(response.status).toBe(400);
  });

  it('leaves the links in URLs alone, too', async () => {
    for (const path of ['/users/verify', '/users/reset', '/account/email']) {
      const browser = path.startsWith('/account') ? adm : visitor();
      const { status, body } = await browser.get(`${path}?token=a&token="><script>`);
      expect([path, status < 500]).toEqual([path, true]);
      expect(body).not.toContain('<script>');
      const page = await browser.get(`${path}?token=${encodeURIComponent('"><script>')}`);
      expect([path, page.body]).toEqual([path, expect.stringContaining('value="&#34;&gt;&lt;script&gt;"')]);
    }
  });
});

describe('what is refused', () => {
  const missing = 'is missing';
  it.each([
    ['/users/signup', { name: '' }, 400, 'name', `Name ${missing}`],
    ['/users/signup', { name: 'a'.repeat(61) }, 400, 'name', 'Name may have up to 60 characters'],
    ['/users/signup', { name: 'Ann\r\nBcc: eve@example.org' }, 400, 'name', 'must be one line of text'],
    ['/users/signup', { name: 'Ann\u202egnp.exe' }, 400, 'name', 'must be one line of text'],
    ['/users/signup', { email: '' }, 400, 'email', `E-mail address ${missing}`],
    ['/users/signup', { email: 'ann' }, 400, 'email', 'E-mail address is not an e-mail address'],
    ['/users/signup', { email: 'a@b.example,c@d.example' }, 400, 'email', 'is not an e-mail address'],
    ['/users/signup', { password: '' }, 400, 'password', `Password ${missing}`],
    ['/users/signup', { password: 'short' }, 422, 'password', 'must have at least 15 characters'],
    ['/users/signup', { password: 'new@example.org' }, 422, 'password', 'beside your own name or address'],
    ['/users/verify/again', { email: 'ann' }, 400, 'email', 'is not an e-mail address'],
    ['/users/forgot', { identifier: '' }, 400, 'identifier', `Username or e-mail address ${missing}`],
    ['/users/reset', { newPassword: '' }, 400, 'newPassword', `New password ${missing}`],
    ['/account/password', { currentPassword: '' }, 400, 'password-current', `Current password ${missing}`],
    ['/account/password', { currentPassword: 'x' }, 422, 'password-current', 'is not the right one'],
    ['/account/password', { newPassword: 'short' }, 422, 'password-new', 'must have at least 15 characters'],
    ['/account/address', { currentPassword: '' }, 400, 'address-password', `Current password ${missing}`],
    ['/account/address', { currentPassword: 'x' }, 422, 'address-password', 'is not the right one'],
    ['/account/address', { newEmail: 'ann' }, 400, 'address-new', 'is not an e-mail address'],
    ['/account/address', { newEmail: 'ADM@example.com' }, 400, 'address-new', 'is the present address'],
    ['/account/close', { currentPassword: '' }, 400, 'close-password', `Current password ${missing}`],
    ['/account/close', { currentPassword: 'x' }, 422, 'close-password', 'is not the right one'],
  ])('at %s with %j is said with %i beside the field', async (path, change: object, status, id, message) => {
    const browser = path.startsWith('/account') ? adm : visitor();
    const answer = await browser.post(path, { ...forms[path], ...change });
    expect(answer.status).toBe(status);
    expect(problemOf(answer, id)).toContain(message);
    expect(inputOf(answer, id)).toMatch(/aria-invalid="true" autofocus/);
    expect(inputOf(answer, id)).toMatch(new RegExp(`aria-describedby="([^"]+ )?${id}-problem"`));
    expect(answer.body.match(/aria-invalid/g)).toHaveLength(1);
    expect(answer.body).toContain('<title>Error: ');
    expect(answer.body).not.toMatch(/type="password"[^>]* value=/);
    expect(answer.body).not.toContain(password);
  });

  it('is not said before something was sent', async () => {
    for (const path of [
      '/users/signup',
      '/users/verify',
      '/users/forgot',
      '/users/reset?token=x',
      '/account',
    ]) {
      const { status, body } = await (path === '/account' ? adm : visitor()).get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(body).not.toMatch(/aria-invalid|class="problem"|<title>Error/);
    }
  });

  it('keeps what was typed, as text', async () => {
    const name = '"><script>alert(1)</script>';
    const answer = await visitor().post('/users/signup', { name, email: 'ann@example.org', password: '' });
    expect(answer.body).toContain('value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(inputOf(answer, 'email')).toContain('value="ann@example.org"');
    const address = await adm.post('/account/address', { currentPassword: '', newEmail: 'ann@example.org' });
    expect(inputOf(address, 'address-new')).toContain('value="ann@example.org"');
  });

  it.each(['password', 'address', 'close'])(
    'at /account/%s shows the account when it is opened',
    async (form) => {
      expect((await adm.get(`/account/${form}`)).location).toBe('/account');
    },
  );

  function problemOf({ body }: Answer, id: string): string {
    return body.match(new RegExp(`<p class="problem" id="${id}-problem">([^<]*)</p>`))?.[1] ?? '';
  }

  function inputOf({ body }: Answer, id: string): string {
    return body.match(new RegExp(`<input id="${id}"[^>]*>`))?.[0] ?? '';
  }
});

describe('a link that is none', () => {
  it.each([
    ['/users/verify', { token: 'x' }, '/users/verify'],
    ['/users/verify', { token: '' }, '/users/verify'],
    ['/users/reset', { token: 'x', newPassword: password }, '/users/forgot'],
    ['/users/reset', { newPassword: password }, '/users/forgot'],
    ['/account/email', { token: 'x' }, '/account'],
    ['/account/email', {}, '/account'],
  ])('is refused at %s with %j, and leads on to %s', async (path, form: Form, next) => {
    const browser = path.startsWith('/account') ? adm : visitor();
    const { status, body } = await browser.post(path, form);
    expect([status, body]).toEqual([400, expect.stringContaining('<h1>The link does not work</h1>')]);
    expect(body).toContain(`<a href="${next}">`);
  });

  it.each(['/users/reset', '/account/email'])('is refused at %s when the page is opened', async (path) => {
    expect((await adm.get(path)).status).toBe(400);
  });
});

describe('a visitor without a session', () => {
  const pages = ['/account', '/account?done=password', '/account/email?token=x'];
  it.each(pages)('who asks for %s is sent to the login', async (path) => {
    const { status, location } = await visitor().get(path);
    expect([status, location]).toEqual([302, `/login?returnTo=${encodeURIComponent(path)}`]);
  });

  it.each(['/account/password', '/account/address', '/account/close', '/account/email'])(
    'changes nothing at %s',
    async (path) => {
      const { status, location } = await visitor().post(path, forms[path]);
      expect([status, location]).toEqual([303, '/login']);
    },
  );
});

describe('what a stranger sees', () => {
  const taken = 'adm@example.com';
  const free = 'new@example.com';

  it('of a sign-up is the same for a free and for a taken address', async () => {
    const answers = await Promise.all(
      [taken, free].map((email) => visitor().post('/users/signup', { name: 'Ann', email, password })),
    );
    expect(seen(answers[1], free)).toEqual(seen(answers[0], taken));
    const [cookie] = answers[0]?.headers.getSetCookie() ?? [];
    expect(cookie).toMatch(
      /^device=[\w-]{22}\.[\w-]{8}\.[\w-]{43}; Max-Age=86400; Path=\/users\/verify; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    // Nobody is in by it, and the owner of the address is.
    const mails = await inboxOf(example.url).next(taken, 'You have an account already');
    expect(mails.link).toBeUndefined();
  });

  it.each([
    ['/users/forgot', 'identifier'],
    ['/users/verify/again', 'email'],
  ])('at %s is the same for a known and an unknown address', async (path, field) => {
    const known = await visitor().post(path, { [field]: taken });
    const unknown = await visitor().post(path, { [field]: 'adn@example.com' });
    expect(seen(unknown, 'adn@example.com')).toEqual(seen(known, taken));
    expect(known.status).toBe(200);
  });

  /** Everything of an answer but what was typed, the time, and the random part of a cookie. */
  function seen(answer: Answer | undefined, typed: string): unknown {
    const headers = [...(answer?.headers ?? [])]
      .filter(([name]) => name !== 'date' && name !== 'etag')
      .map(([name, value]) => [name, value.replace(/[\w-]{8,}/g, 'x').replace(/Expires=[^;]+/, '')]);
    return [answer?.status, headers, answer?.body.replaceAll(typed, 'typed')];
  }
});

describe('the login before the address is confirmed', () => {
  const email = 'waiting@example.org';
  const hint = 'before your e-mail address is confirmed';

  beforeAll(async () => {
    expect((await visitor().post('/users/signup', { name: 'Ann', email, password })).status).toBe(200);
  });

  it('says so after the right password, and offers the link again', async () => {
    const browser = visitor();
    const { status, body } = await browser.signIn(password, email);
    expect(status).toBe(403);
    expect(body).toContain(hint);
    expect(body).toContain('<form method="post" action="/users/verify/again">');
    expect(body).toMatch(/<input id="email" [^>]*value="waiting@example.org"/);
    expect([...browser.cookies.keys()]).toEqual([]);
    expect((await browser.get('/')).location).toBe('/login');
  });

  it('says nothing of it after a wrong one', async () => {
    const browser = visitor();
    expect((await browser.signIn('another', email)).location).toBe('/login?fail=true');
    expect((await browser.get('/login?fail=true')).body).not.toContain(hint);
  });
});
