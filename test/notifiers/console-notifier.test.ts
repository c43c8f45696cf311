import { afterEach, describe, expect, it, vi } from 'vitest';
import { consoleNotifier, createAuth, type Notification } from '../../src/index.ts';
import { accountLinks } from '../support/account-door.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow } from '../support/door.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { userTable } from '../support/user-table.ts';

const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
afterEach(() => {
  vi.clearAllMocks();
});

/** Everything that it prints of these messages. */
function printed(...messages: readonly Notification[]): readonly string[] {
  const texts: string[] = [];
  const { deliver } = consoleNotifier({ print: (text) => texts.push(text) });
  for (const message of messages) deliver(message);
  return texts;
}

const user = { name: 'Alice', hash: 'secret-hash' };
const url = 'https://shop.example/users/reset?token=a.b.c';

describe('the notifier for development', () => {
  it('prints the kind, the address and the link, one line for each message', () => {
    const link = { token: 'a.b.c', url, lifetimeSeconds: 1800 };
    expect(
      printed(
        { kind: 'reset-password', to: 'alice@shop.example', user, ...link },
        { kind: 'password-changed', to: 'alice@shop.example', user },
      ),
    ).toEqual([`[reset-password] to alice@shop.example: ${url}`, '[password-changed] to alice@shop.example']);
  });

  it('prints nothing of the row, which holds the hash', () => {
    expect(printed({ kind: 'already-registered', to: 'a@b.example', user }).join()).not.toMatch(/Alice|hash/);
  });

  it('prints a message of a kind that a later version adds', () => {
    const kind = 'new-device' as Notification['kind'];
    expect(printed({ kind, to: 'a@b.example', user })).toEqual(['[new-device] to a@b.example']);
  });

  it('prints on the console when nothing else is said', () => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    consoleNotifier().deliver({ kind: 'email-changed', to: 'a@b.example', user });
    expect(log.mock.calls).toEqual([['[email-changed] to a@b.example']]);
    log.mockRestore();
  });

  it('warns once, when it is made, and not of each message', () => {
    printed(...Array<Notification>(3).fill({ kind: 'account-closed', to: 'a@b.example', user }));
    expect(warned.mock.calls).toEqual([
      [expect.stringContaining('hand in a mailer in production'), { code: 'OSTIARY_CONSOLE_NOTIFIER' }],
    ]);
  });

  it('is one that createAuth takes: a link that is printed works', async () => {
    const texts: string[] = [];
    const auth = createAuth({
      ...{ secret: secretA, issuer, hasher: countingHasher(), links: accountLinks },
      users: userTable(aliceRow()),
      notifier: consoleNotifier({ print: (text) => texts.push(text) }),
    });
    await auth.passwords.requestReset({ identifier: 'alice@shop.example' });
    await auth.close();
    const [, link = ''] = /^\[reset-password\] to alice@shop\.example: (\S+)$/.exec(texts.join('\n')) ?? [];
    const token = new URL(link).searchParams.get('token') ?? '';
    await auth.passwords.reset({ token, newPassword: 'correct horse battery staple' });
  });
});
