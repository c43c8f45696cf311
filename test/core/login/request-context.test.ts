import { describe, expect, it } from 'vitest';
import { laneOf, originOf, type RequestContext } from '../../../src/core/login/request-context.ts';
import { accountDoor, goodPassword } from '../../support/account-door.ts';
import { aliceRow, rightPassword } from '../../support/door.ts';

describe('originOf', () => {
  it('says where a request comes from', () => {
    expect(originOf({ ip: '192.0.2.1', userAgent: 'Firefox' })).toEqual({
      ip: '192.0.2.1',
      userAgent: 'Firefox',
    });
  });

  it('says nothing of what is not known', () => {
    expect(originOf({})).toEqual({});
    expect(originOf({ ip: undefined, userAgent: undefined })).toEqual({});
  });

  it('never says the token of the device, which is a secret', () => {
    expect(originOf({ ip: '192.0.2.1', deviceToken: 'secret' })).toEqual({ ip: '192.0.2.1' });
  });

  it('cuts what a visitor may make as long as a request', () => {
    expect(originOf({ userAgent: 'x'.repeat(10_000) }).userAgent).toHaveLength(512);
  });

  it.each([undefined, null, 7, 'text', true, [], () => undefined])('takes %j for an empty one', (context) => {
    expect(originOf(context as unknown as RequestContext)).toEqual({});
  });

  it.each([null, 7, true, ['192.0.2.1'], { toString: () => '192.0.2.1' }])(
    'leaves out %j, which is no text',
    (value) => {
      const context = { ip: value, userAgent: value } as unknown as RequestContext;
      expect(originOf(context)).toEqual({});
    },
  );
});

describe('laneOf', () => {
  it('is the network and the identifier', () => {
    expect(laneOf({ ip: '192.0.2.1' }, 'alice')).toEqual({ address: '192.0.2.1', identifier: 'alice' });
    expect(laneOf({}, 'alice')).toEqual({ address: '', identifier: 'alice' });
  });

  it('is one for all the names of a machine', () => {
    expect(laneOf({ ip: '::ffff:192.0.2.1' }, 'alice')).toEqual(laneOf({ ip: '192.0.2.1' }, 'alice'));
    expect(laneOf({ ip: '2001:db8::1' }, 'alice')).toEqual(laneOf({ ip: '2001:DB8:0:0:ffff::2' }, 'alice'));
  });
});

describe('the context of each flow', () => {
  const strange: readonly unknown[] = [undefined, null, {}, 'text', 7, { ip: 7, userAgent: {} }];

  it.each(strange)('may be %j, and is in no event then', async (given) => {
    const context = given as RequestContext;
    const { auth, events, outbox, settled } = accountDoor();
    const user = aliceRow();
    const login = { identifier: 'alice@shop.example', password: rightPassword };
    await auth.login(login, context);
    await auth.register({ email: 'bob@shop.example', password: goodPassword }, context);
    await auth.passwords.requestReset({ identifier: 'alice@shop.example' }, context);
    await auth.emails.requestChange({ user, newEmail: 'new@shop.example' }, context);
    await settled();
    await auth.emails.confirmChange({ token: outbox.token('change-email') }, context);
    const bobs = { token: outbox.token('verify-email'), password: goodPassword };
    expect(await auth.emails.verify(bobs, context)).toMatchObject({ status: 'verified' });
    const change = { user, currentPassword: rightPassword, newPassword: goodPassword };
    await auth.passwords.change(change, context);
    await auth.accounts.close({ user, currentPassword: goodPassword }, context);
    expect(events.length).toBeGreaterThan(8);
    expect(events.filter((event) => 'ip' in event || 'userAgent' in event)).toEqual([]);
  });
});
