import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningExample, startExample } from './example-process.ts';
import { type Inbox, inboxOf } from './inbox.ts';
import { type Answer, type Visitor, visitorOf } from './visitor.ts';

// Passwords take the time of bcrypt's cost 12, and more on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const first = 'correct horse battery staple';
const second = 'twelve purple umbrellas dancing';
const third = 'seven quiet rivers at midnight';

let example: RunningExample;
let inbox: Inbox;
/** Every answer to everybody, but those of the inbox. */
const heard: string[] = [];

beforeAll(async () => {
  example = await startExample();
  inbox = inboxOf(example.url);
});

afterAll(() => example?.stop());

const visitor = (): Visitor => visitorOf(example.url, heard);

/** The token in the form behind a link. */
function tokenIn({ body }: Answer): string {
  return body.match(/<input type="hidden" name="token" value="([^"]+)">/)?.[1] ?? '';
}

/** Where the form of the login leads to. */
function returnToIn({ body }: Answer): string {
  return body.match(/<input type="hidden" name="returnTo" value="([^"]+)">/)?.[1] ?? '';
}

async function signUp(browser: Visitor, email: string, password: string): Promise<void> {
  const { status, body } = await browser.post('/users/signup', { name: 'Ann Smith', email, password });
  expect([status, body]).toEqual([200, expect.stringContaining('<h1>Check your inbox</h1>')]);
}

async function signedIn(email: string, password: string): Promise<Visitor> {
  const browser = visitor();
  expect((await browser.signIn(password, email)).location).toBe('/');
  return browser;
}

async function isSignedIn(browser: Visitor): Promise<boolean> {
  return (await browser.get('/')).status === 200;
}

async function forgot(identifier: string, to = identifier): Promise<string> {
  await visitor().post('/users/forgot', { identifier });
  return inbox.link(to, 'Choose a new password');
}

describe('somebody who signs up', () => {
  it('confirms the address in the same browser, and signs in then', async () => {
    const browser = visitor();
    const [, target = ''] = (await browser.get('/login')).body.match(/href="([^"]+)">Have not reg/) ?? [];
    expect((await browser.get(target)).body).toContain('<form method="post" action="/users/signup">');
    await signUp(browser, 'Ann@Example.org', first);
    expect([...browser.cookies.keys()]).toEqual(['device']);
    const mail = await inbox.next('ann@example.org', 'Confirm your e-mail address');
    expect(mail.text).toMatch(/^Hello,\n[\s\S]*24 hours[\s\S]*If it was not you/);
    const page = await browser.get(mail.link ?? '');
    expect(page.body).toContain('<button>Confirm</button>');
    expect(page.body).not.toContain('type="password"');
    const confirmed = await browser.post('/users/verify', { token: tokenIn(page) });
    expect([confirmed.status, confirmed.location]).toEqual([303, '/login?done=verified']);
    expect((await browser.get('/login?done=verified')).body).toContain('Your e-mail address is confirmed.');
    expect(await isSignedIn(browser)).toBe(false);
    expect((await browser.signIn(first, 'ann@EXAMPLE.org')).location).toBe('/');
    expect((await browser.get('/')).body).toContain('Welcome, Ann Smith');
  });

  it('needs the password in another browser, and may mistype it', async () => {
    await signUp(visitor(), 'bob@example.org', first);
    const link = await inbox.link('bob@example.org', 'Confirm your e-mail address');
    const elsewhere = visitor();
    const token = tokenIn(await elsewhere.get(link));
    const asked = await elsewhere.post('/users/verify', { token });
    expect([asked.status, tokenIn(asked)]).toEqual([200, token]);
    expect(asked.body).toMatch(
      /<input id="password" name="password" type="password" autocomplete="current-pa/,
    );
    const wrong = await elsewhere.post('/users/verify', { token, password: second });
    expect([wrong.status, tokenIn(wrong)]).toEqual([422, token]);
    expect(wrong.body).toContain(
      '<p class="problem" id="password-problem">Password is not the right one.</p>',
    );
    const right = await elsewhere.post('/users/verify', { token, password: first });
    expect(right.location).toBe('/login?done=verified');
  });

  it('cannot open the account with what another browser was given', async () => {
    const stranger = visitor();
    await signUp(stranger, 'owner@example.org', first);
    const link = await inbox.link('owner@example.org', 'Confirm your e-mail address');
    const owner = visitor();
    owner.cookies.set('device', 'x'.repeat(22));
    const page = await owner.post('/users/verify', { token: tokenIn(await owner.get(link)) });
    expect(page.body).toContain('This is not the browser in which you signed up.');
  });

  it('is told nothing of an account that is there; its owner is', async () => {
    await signUp(visitor(), 'ann@example.org', second);
    const mail = await inbox.next('ann@example.org', 'You have an account already');
    expect(mail.text).toContain(`${example.url}/users/forgot`);
    expect(mail.link).toBeUndefined();
  });

  it('gets another link on demand', async () => {
    const browser = visitor();
    const sent = await browser.post('/users/verify/again', { email: 'owner@example.org' });
    expect([sent.status, sent.body]).toEqual([200, expect.stringContaining('Check your inbox')]);
    expect(await inbox.link('owner@example.org', 'Confirm your e-mail address')).toMatch(
      /^\/users\/verify\?/,
    );
    expect((await browser.get('/users/verify/again')).location).toBe('/users/verify');
  });
});

describe('somebody who has forgotten the password', () => {
  let link: string;
  let token: string;
  let before: Visitor;

  beforeAll(async () => {
    before = await signedIn('ann@example.org', first);
    const browser = visitor();
    const [, target = ''] = (await browser.get('/login')).body.match(/href="([^"]+)">Forgot/) ?? [];
    expect((await browser.get(target)).body).toContain('<form method="post" action="/users/forgot">');
    link = await forgot('ann@example.org');
    token = tokenIn(await browser.get(link));
  });

  it('may look at the page behind the link as often as a mail scanner does', async () => {
    for (let look = 0; look < 3; look += 1) {
      expect((await visitor().head(link)).status).toBe(200);
      expect((await visitor().get(link)).status).toBe(200);
    }
    expect(await isSignedIn(before)).toBe(true);
  });

  it('keeps the link when the new password is too weak', async () => {
    const { status, body } = await visitor().post('/users/reset', { token, newPassword: 'short' });
    expect(status).toBe(422);
    expect(body).toContain(
      '<p class="problem" id="newPassword-problem">New password must have at least 15 characters.</p>',
    );
    expect(body).toContain(`name="token" value="${token}"`);
  });

  it('chooses a new one, which signs nobody in and everybody out', async () => {
    const browser = visitor();
    const done = await browser.post('/users/reset', { token, newPassword: second });
    expect([done.status, done.location]).toEqual([303, '/login?done=reset']);
    expect((await browser.get('/login?done=reset')).body).toContain('Sign in with the new one.');
    expect(await isSignedIn(browser)).toBe(false);
    expect(await isSignedIn(before)).toBe(false);
    await inbox.next('ann@example.org', 'Your password has been changed');
    expect((await browser.signIn(first, 'ann@example.org')).location).toBe('/login?fail=true');
    expect((await browser.signIn(second, 'ann@example.org')).location).toBe('/');
  });

  it('uses the link once', async () => {
    const { status, body } = await visitor().post('/users/reset', { token, newPassword: third });
    expect(status).toBe(400);
    expect(body).toContain('<h1>The link does not work</h1>');
    expect(body).toContain('<a href="/users/forgot">Ask for a new link</a>');
  });

  it('is found by the username too', async () => {
    expect(await forgot('adm', 'adm@example.com')).toMatch(/^\/users\/reset\?token=/);
  });
});

describe('somebody who is signed in', () => {
  it('changes the password in one browser, which stays signed in while others do not', async () => {
    const here = await signedIn('bob@example.org', first);
    const there = await signedIn('bob@example.org', first);
    const session = here.cookies.get('connect.sid');
    const form = { currentPassword: first, newPassword: second };
    expect((await here.post('/account/password', form)).location).toBe('/account?done=password');
    expect((await here.get('/account?done=password')).body).toContain('All other browsers are signed out.');
    expect(here.cookies.get('connect.sid')).not.toBe(session);
    expect(await isSignedIn(there)).toBe(false);
    await inbox.next('bob@example.org', 'Your password has been changed');
  });

  it('changes the address by a link to the new one; the old one is told, and its links are dead', async () => {
    const browser = await signedIn('bob@example.org', second);
    const oldLink = await forgot('bob@example.org');
    const form = { currentPassword: second, newEmail: 'Robert@Example.org' };
    expect((await browser.post('/account/address', form)).location).toBe('/account?done=address');
    const link = await inbox.link('robert@example.org', 'Confirm your new e-mail address');
    const elsewhere = visitor();
    expect((await elsewhere.head(link)).status).toBe(302);
    const sent = await elsewhere.get(link);
    expect([sent.status, sent.location]).toEqual([302, `/login?returnTo=${encodeURIComponent(link)}`]);
    const returnTo = returnToIn(await elsewhere.get(sent.location ?? ''));
    const mistyped = await elsewhere.post('/login', {
      username: 'bob@example.org',
      password: third,
      returnTo,
    });
    expect(mistyped.location).toBe(`/login?fail=true&returnTo=${encodeURIComponent(link)}`);
    const entered = await elsewhere.post('/login', {
      username: 'bob@example.org',
      password: second,
      returnTo,
    });
    expect(entered.location).toBe(link);
    const page = await elsewhere.get(link);
    const stranger = await signedIn('ann@example.org', second);
    const strange = await stranger.post('/account/email', { token: tokenIn(await stranger.get(link)) });
    expect([strange.status, strange.body]).toEqual([400, expect.stringContaining('The link does not work')]);
    const nobody = await visitor().post('/account/email', { token: tokenIn(page) });
    expect([nobody.status, nobody.location]).toEqual([303, '/login']);
    expect((await browser.get('/account')).body).toContain('<strong>bob@example.org</strong>');
    const moved = await elsewhere.post('/account/email', { token: tokenIn(page) });
    expect([moved.status, moved.location]).toEqual([303, '/account?done=email']);
    expect((await browser.get('/account')).body).toContain('<strong>robert@example.org</strong>');
    await inbox.next('bob@example.org', 'Your e-mail address has been changed');
    const token = tokenIn(await elsewhere.get(oldLink));
    expect((await elsewhere.post('/users/reset', { token, newPassword: third })).status).toBe(400);
    const again = await elsewhere.post('/account/email', { token: tokenIn(page) });
    expect([again.status, again.body]).toEqual([400, expect.stringContaining('The link does not work')]);
  });

  it('asks for an address that has an account: only its owner is told', async () => {
    const browser = await signedIn('robert@example.org', second);
    const form = { currentPassword: second, newEmail: 'ann@example.org' };
    expect((await browser.post('/account/address', form)).location).toBe('/account?done=address');
    await inbox.next('ann@example.org', 'You have an account already');
  });

  it('closes the account', async () => {
    const browser = await signedIn('robert@example.org', second);
    const closed = await browser.post('/account/close', { currentPassword: second });
    expect([closed.status, closed.location]).toEqual([303, '/login?done=closed']);
    expect(await isSignedIn(browser)).toBe(false);
    await inbox.next('robert@example.org', 'Your account has been closed');
    expect((await browser.signIn(second, 'robert@example.org')).location).toBe('/login?fail=true');
  });

  it('sees who has confirmed an address, and nobody else’s address', async () => {
    const { body } = await (await signedIn('ann@example.org', second)).get('/users');
    expect(body.match(/<td>[^<]+@[^<]+<\/td>/g)).toEqual(['<td>ann@example.org</td>']);
    expect(body).toContain('<td>adm</td>');
    expect(body.match(/<td>Ann Smith<\/td>/g)).toHaveLength(1);
  });
});

describe('what was answered and printed', () => {
  const token = /[\w-]{8}\.[\w-]{60,}\.[\w-]{43}/;
  const password = /battery|umbrellas|midnight/;

  it('holds a token in the inbox, in hidden fields, and on the way by the login to its page only', () => {
    const hidden = /<input type="hidden" name="(token|returnTo)" value="[^"]+">/g;
    const toIt = /(returnTo=%2Faccount%2Femail%3Ftoken%3D|account\/email\?token=)[\w.-]+/.source;
    const byTheLogin = new RegExp(
      `(^location,|Redirecting to )/(login\\?(fail=true&(amp;)?)?)?${toIt}`,
      'gm',
    );
    const answers = heard.join('\n');
    expect(answers).toMatch(token);
    expect(answers.replace(hidden, '').replace(byTheLogin, '')).not.toMatch(token);
    const messages = /\n--- To: [\s\S]*?\n---\n/g;
    expect(example.printed()).toMatch(token);
    expect(example.printed().replace(messages, '')).not.toMatch(token);
  });

  it('holds no password and no hash', () => {
    for (const text of [heard.join('\n'), example.printed()]) {
      expect(text).not.toMatch(password);
      expect(text).not.toMatch(/\$2[abyo]?\$/);
    }
  });
});
