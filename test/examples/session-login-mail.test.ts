import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Notification } from '../../src/index.ts';
import { type RunningExample, runExample, startExample } from './example-process.ts';
import { inboxOf } from './inbox.ts';
import { type SmtpServer, smtpServer } from './smtp-server.ts';
import { visitorOf } from './visitor.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

interface Texts {
  mailOf(
    message: Notification<{ readonly name: string; readonly verified: boolean }>,
    address: string,
  ): Mail | undefined;
}

const { mailOf }: Texts = await import(
  fileURLToPath(new URL('../../examples/session-login/mail-texts.mjs', import.meta.url))
);

/** A request with any `Host`, which `fetch` does not send. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  form?: string,
): Promise<number | undefined> {
  const sent = request(url, {
    method: form === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  });
  sent.end(form);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode;
}

describe('with a mail server', () => {
  let mailServer: SmtpServer;
  let example: RunningExample;

  beforeAll(async () => {
    mailServer = await smtpServer();
    example = await startExample({
      NODE_ENV: 'production',
      SMTP_URL: mailServer.url,
      BASE_URL: 'https://shop.example',
      MAIL_FROM: 'Shop <accounts@shop.example>',
    });
  });

  afterAll(async () => {
    await example?.stop();
    mailServer?.close();
  });

  it('sends a mail to the stored address, with a link to the configured one', async () => {
    const poisoned = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' };
    expect(await ask(`${example.url}/users/forgot`, poisoned, 'identifier=adm')).toBe(200);
    const { recipients, headers, text } = await mailServer.next();
    expect(recipients).toEqual(['adm@example.com']);
    expect(headers.get('to')).toBe('adm@example.com');
    expect(headers.get('from')).toBe('Shop <accounts@shop.example>');
    expect(headers.get('subject')).toBe('Session login: Choose a new password');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    const [link = ''] = text.match(/^https:\S+$/m) ?? [];
    expect(link).toMatch(/^https:\/\/shop\.example\/users\/reset\?token=/);
    expect(text).toMatch(/^Hello adm,\n\n[\s\S]*30 minutes[\s\S]*If it was not you/);
    expect(text).not.toContain('evil');
  });

  it('has no inbox, and prints no message', async () => {
    const browser = visitorOf(example.url);
    expect((await browser.get('/inbox')).status).toBe(404);
    expect((await browser.get('/login')).body).not.toContain('/inbox');
    expect(example.printed()).not.toMatch(/inbox|token=|--- /);
  });

  it('keeps its cookies to HTTPS', async () => {
    const browser = visitorOf(example.url);
    const form = { name: 'Ann', email: 'ann@example.org', password: 'correct horse battery staple' };
    const signedUp = await browser.post('/users/signup', form);
    expect(signedUp.headers.get('set-cookie')).toMatch(/^device=[^;]+;.* Secure/);
    await mailServer.next();
    const login = await browser.post(
      '/login',
      { username: 'adm', password: '123' },
      { 'X-Forwarded-Proto': 'https' },
    );
    expect(login.headers.get('set-cookie')).toMatch(/^connect\.sid=[^;]+;.* Secure/);
  });

  it('answers as always when it is down, and says so on the terminal', async () => {
    const broken = await startExample({ SMTP_URL: 'smtp://127.0.0.1:1' });
    const { status, body } = await visitorOf(broken.url).post('/users/forgot', { identifier: 'adm' });
    expect([status, body]).toEqual([200, expect.stringContaining('Check your inbox')]);
    const { code, stderr } = await broken.stop();
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^A mail was not sent: reset-password, failed, \w+\n$/),
    ]);
  });
});

describe('without a mail server', () => {
  let example: RunningExample;

  beforeAll(async () => {
    example = await startExample();
  });

  afterAll(() => example?.stop());

  it('says at the start where the messages are, and what that is for', () => {
    expect(example.printed()).toContain(`${example.url}/inbox`);
    expect(example.printed()).toContain('for development only');
  });

  it('keeps the last 50 messages, newest first, and says what the page is for', async () => {
    const browser = visitorOf(example.url);
    expect((await browser.get('/inbox')).body).toContain('No messages yet.');
    for (let count = 0; count < 51; count += 1) await browser.post('/users/forgot', { identifier: 'adm' });
    const printed = (): number => example.printed().split('--- To: adm@example.com').length - 1;
    await vi.waitFor(() => expect(printed()).toBe(51));
    const mails = await inboxOf(example.url).mails();
    expect(mails).toHaveLength(50);
    const [, ...links] = example.printed().match(/(?<=http:\/\/localhost:\d+)\/users\/reset\S+/g) ?? [];
    expect(mails.map(({ link }) => link)).toEqual(links.toReversed());
    expect((await browser.get('/inbox')).body).toContain('For development only.');
  });

  it.each([
    ['a tunnel', { 'X-Forwarded-For': '203.0.113.7' }],
    ['a proxy', { Forwarded: 'for=203.0.113.7' }],
    ['another name of this machine (DNS rebinding)', { Host: 'evil.example' }],
    ['a name that begins like this machine', { Host: 'localhost.evil.example' }],
  ])('has no inbox for %s', async (_, headers: Record<string, string>) => {
    expect(await ask(`${example.url}/inbox`, {})).toBe(200);
    expect(await ask(`${example.url}/inbox`, headers)).toBe(404);
  });

  const [network] = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal);

  it.runIf(network)('has no inbox for others on the network', async () => {
    const { port } = new URL(example.url);
    const url = `http://${network?.address}:${port}`;
    expect(await ask(`${url}/login`, {})).toBe(200);
    expect(await ask(`${url}/inbox`, { Host: `localhost:${port}` })).toBe(404);
  });
});

describe.concurrent('the start', () => {
  const secret = 'hunter2hunter2';

  it.each([
    ['a mail server and an address', {}, 'Not set: SMTP_URL, BASE_URL.'],
    ['a mail server', { BASE_URL: 'https://shop.example' }, 'Not set: SMTP_URL.'],
    ['an address', { SMTP_URL: 'smtp://127.0.0.1:1' }, 'Not set: BASE_URL.'],
  ])('is refused in production without %s', async (_, settings: Record<string, string>, message) => {
    const { code, stdout, stderr } = await runExample({ NODE_ENV: 'production', ...settings });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it.each([
    ['SMTP_URL', `https://ann:${secret}@mail.example`],
    ['SMTP_URL', `mail.example ${secret}`],
    ['BASE_URL', `https://shop.example/${secret}`],
    ['BASE_URL', 'shop.example'],
    ['BASE_URL', 'javascript:alert(1)'],
  ])('is refused with %s=%s, which is not printed', async (name, value) => {
    const { code, stdout, stderr } = await runExample({ [name]: value });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^${name} must be an address like [^\n]+\n$`));
    expect(stderr).not.toContain(secret);
  });
});

describe('the texts', () => {
  const user = { name: 'Ann Smith', password: '$2b$12$hash', verified: true };
  const link = {
    token: 'the-token',
    url: 'https://shop.example/page?token=the-token',
    lifetimeSeconds: 1800,
  };
  const withLink = ['verify-email', 'reset-password', 'change-email'] as const;
  const without = ['already-registered', 'password-changed', 'email-changed', 'account-closed'] as const;

  it.each(withLink)('of %s holds the link, how long it works, and what to do', (kind) => {
    const mail = mailOf({ kind, to: 'ann@example.org', user, ...link }, 'https://shop.example');
    expect(mail?.to).toBe('ann@example.org');
    expect(mail?.subject).toMatch(/^Session login: \w/);
    expect(mail?.text).toContain(`\n\n${link.url}\n\n`);
    expect(mail?.text).toContain('30 minutes');
  });

  const toTheUnproven: readonly string[] = ['verify-email', 'change-email'];

  it.each([...withLink, ...without])('of %s greets, says what to do, and gives nothing away', (kind) => {
    const { text = '' } = mailOf({ kind, to: 'a@b.example', user, ...link }, 'https://shop.example') ?? {};
    expect(text.startsWith(toTheUnproven.includes(kind) ? 'Hello,\n\n' : 'Hello Ann Smith,\n\n')).toBe(true);
    expect(text).toMatch(/\n\nIf (it was not you|you know nothing of this)/);
    expect(text).not.toMatch(/\$2b|undefined|NaN/);
  });

  it.each([...withLink, ...without])('of %s names nobody to an address that is not proven', (kind) => {
    const stranger = { ...user, name: 'Win at evil.example', verified: false };
    const message = { kind, to: 'a@b.example', user: stranger, ...link };
    expect(mailOf(message, 'https://shop.example')?.text).not.toContain('evil');
  });

  it.each([
    [86_400, '24 hours'],
    [7200, '2 hours'],
    [3600, '60 minutes'],
    [5400, '90 minutes'],
  ])('put %i seconds as %s', (lifetimeSeconds, words) => {
    const message = { kind: 'reset-password', to: 'a@b.example', user, ...link, lifetimeSeconds } as const;
    expect(mailOf(message, '')?.text).toContain(`for ${words}.`);
  });

  it('leave a kind alone that a later version adds', () => {
    for (const kind of ['new-device', 'constructor', '__proto__']) {
      const message = { kind, to: 'a@b.example', user } as unknown as Notification<typeof user>;
      expect(mailOf(message, '')).toBeUndefined();
    }
  });
});
