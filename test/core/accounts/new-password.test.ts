import { describe, expect, it } from 'vitest';
import { hashNewPassword } from '../../../src/core/accounts/new-password.ts';
import { PasswordPolicy } from '../../../src/core/accounts/password-policy.ts';
import { Events } from '../../../src/core/events.ts';
import { Admission } from '../../../src/core/login/admission.ts';
import { goodPassword } from '../../support/account-door.ts';
import { type CountingHasher, countingHasher } from '../../support/counting-hasher.ts';
import { issuer } from '../../support/fixed-secret.ts';

const lane = { address: '192.0.2.7', identifier: 'alice' };
const owner = { email: 'alice@shop.example' };

function partsOf(breached?: () => Promise<boolean>, hasher: CountingHasher = countingHasher()) {
  const events = new Events(Date, '');
  const policy = new PasswordPolicy({ minLength: 15, words: ['purple'], issuer, breached, events });
  return { policy, hasher, admission: new Admission(hasher.concurrency ?? 2) };
}

describe('a new password', () => {
  it('that is acceptable is hashed once, as it was typed', async () => {
    const parts = partsOf();
    const typed = ' Correct Horse  battery staple\u00e9 ';
    expect(await hashNewPassword(parts, 'password', typed, owner, lane)).toBe(`plain:1:${typed}`);
    expect(parts.hasher.hashed).toEqual([typed]);
  });

  it.each(['password', 'newPassword'] as const)(
    'that is refused is named as %s, with advice',
    async (field) => {
      const parts = partsOf();
      await expect(hashNewPassword(parts, field, 'short purple', owner, lane)).rejects.toMatchObject({
        code: 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE',
        reasons: ['too-short', 'contains-word'],
        fields: { [field]: expect.stringMatching(/^must have at least 15 characters; needs at least 15/) },
      });
    },
  );

  it.each([
    ['short', 'short', false],
    ['its owner’s address', 'alice@shop.example', false],
    ['breached', goodPassword, true],
  ])('that is %s costs no hash', async (_what, password, isBreached) => {
    const parts = partsOf(async () => isBreached);
    const hashed = hashNewPassword(parts, 'password', password, owner, lane);
    await expect(hashed).rejects.toMatchObject({ code: 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE' });
    expect(parts.hasher.hashed).toEqual([]);
  });

  it('waits for its turn in the queue of its address, and is told when there is none', async () => {
    const waiting = { ...countingHasher(1, 1), hash: () => new Promise<string>(() => undefined) };
    const parts = partsOf(undefined, waiting);
    const hash = (from: string) =>
      hashNewPassword(parts, 'password', goodPassword, owner, { ...lane, address: from });
    const busy = (error: { readonly code?: string }) => error.code;
    /** What has become of it by the end of the turn of the event loop. */
    const outcome = (hashed: Promise<unknown>) =>
      Promise.race([hashed.catch(busy), new Promise((resolve) => setImmediate(resolve, 'waits'))]);
    const many = Array.from({ length: 34 }, () => hash('192.0.2.7'));
    expect(await Promise.all(many.slice(-2).map(outcome))).toEqual(['waits', 'ERR_SERVER_BUSY']);
    expect(await outcome(hash('192.0.2.8'))).toBe('waits');
  });

  it('whose hash fails is a fault as it is', async () => {
    const fault = new Error('the worker died');
    const parts = partsOf(undefined, { ...countingHasher(), hash: () => Promise.reject(fault) });
    await expect(hashNewPassword(parts, 'password', goodPassword, owner, lane)).rejects.toBe(fault);
  });
});
