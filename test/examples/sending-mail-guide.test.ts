import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Notification, NotificationKind, Notifier } from '../../src/index.ts';
import { type SentMail, type SmtpServer, smtpServer } from './smtp-server.ts';
import { compileSnippets, type SnippetApp, snippetsOf } from './snippets.ts';

/** Every kind, and for how long its link works. */
const kinds: Readonly<Record<NotificationKind, number | null>> = {
  'verify-email': 86_400,
  'reset-password': 1800,
  'change-email': 86_400,
  'already-registered': null,
  'password-changed': null,
  'email-changed': null,
  'account-closed': null,
};
const user = { customer_id: 7, mail: 'ann@example.com', pwd: 'the hash', mail_verified: true, name: 'Ann' };
const url = 'https://shop.example/page?token=a.b.c';

const snippets = [
  ...snippetsOf('docs/guides/account-flows.md'),
  ...snippetsOf('docs/guides/sending-mail.md'),
];
let app: SnippetApp;
let mailServer: SmtpServer;
let notifier: Notifier<typeof user>;

beforeAll(async () => {
  app = compileSnippets(snippets);
  mailServer = await smtpServer();
  const { mailNotifier } = await app.load(snippets.findIndex((snippet) => snippet.startsWith('// mail.ts')));
  notifier = (mailNotifier as (smtpUrl: string) => typeof notifier)(mailServer.url);
}, 60_000);

afterAll(() => {
  mailServer?.close();
  app?.remove();
});

async function sent(
  kind: NotificationKind,
  changes: Partial<Notification<typeof user>> = {},
): Promise<SentMail> {
  const lifetimeSeconds = kinds[kind];
  const link = lifetimeSeconds === null ? {} : { token: 'a.b.c', url, lifetimeSeconds };
  await notifier.deliver({ kind, to: 'ann@example.com', user, ...link, ...changes });
  return mailServer.next();
}

describe('the notifier of the guide', () => {
  it('compiles', () => {
    expect(app.problems).toEqual([]);
  });

  it.each(Object.entries(kinds) as [NotificationKind, number | null][])(
    'writes a mail for %s, to one address, with its link and without the hash',
    async (kind, lifetime) => {
      const { recipients, headers, text } = await sent(kind);
      expect(recipients).toEqual(['ann@example.com']);
      expect(headers.get('to')).toBe('ann@example.com');
      expect(headers.get('auto-submitted')).toBe('auto-generated');
      expect(headers.get('subject')).toMatch(/^[A-Z][a-z ]+$/);
      expect(headers.get('content-type')).toMatch(/^text\/plain/);
      expect(text.includes(url)).toBe(lifetime !== null);
      const life = { 1800: 'for 30 minutes', 86400: 'for 24 hours' }[lifetime ?? 0] ?? 'If it was not you';
      expect(text).toContain(life);
      expect(text).not.toContain('the hash');
    },
  );

  it.each(['verify-email', 'change-email', 'already-registered'] as const)(
    'puts nothing that a stranger has typed into %s',
    async (kind) => {
      const { text } = await sent(kind, { user: { ...user, name: 'Buy at https://evil.example' } });
      expect(text).not.toContain('evil');
    },
  );

  it('sends to one recipient whatever the address looks like', async () => {
    const { recipients } = await sent('reset-password', { to: '"mallory@evil.example x"@shop.example' });
    expect(recipients.join()).not.toMatch(/^mallory|@evil\.example$/);
    expect(recipients).toHaveLength(1);
  });

  it('leaves a kind alone that a later version adds', async () => {
    await notifier.deliver({ kind: 'sign-in-elsewhere' as NotificationKind, to: 'ann@example.com', user });
    expect((await sent('account-closed')).headers.get('subject')).toBe('Your account was closed');
  });
});
