/** What was made for one purpose means nothing at the door of another. A new purpose fails here until it has its row. */

import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { mac } from '../../src/core/crypto.ts';
import { Secrets } from '../../src/core/secrets.ts';
import { StateKeys } from '../../src/core/state-keys.ts';
import type { RefreshFamily } from '../../src/core/tokens/refresh-family.ts';
import { encodeUserId } from '../../src/core/user-id.ts';
import type { LinkPurpose } from '../../src/index.ts';
import { issueJwt, verifyJwt } from '../../src/jwt/index.ts';
import { parse, readTree, scripts, walk } from '../structure/source-tree.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { aliceRow, door } from '../support/door.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { verdictOn } from '../support/token-verdict.ts';

/** What a key is derived for, and what somebody may hold that was made with it: in every form it can be shown in. */
const made: Readonly<Record<string, (door: AccountDoor) => Promise<readonly unknown[]>>> = {
  'access-token': async ({ auth }) => {
    const { accessToken } = await auth.tokens.issue(aliceRow());
    const claims = await auth.tokens.verify(accessToken);
    const parts = accessToken.split('.');
    return [accessToken, claims, claims.jti, ...parts, ...parts.slice(0, 2).map(decoded)];
  },
  epoch: async ({ auth }) => {
    const stamp = await auth.sessions.start(aliceRow());
    const text = JSON.stringify(stamp);
    return [
      stamp,
      text,
      Buffer.from(text).toString('base64url'),
      stamp.epoch,
      stamp.id,
      stamp.user,
      stamp.secretId,
    ];
  },
  device: async ({ auth, settled }) => {
    const result = await auth.register({ email: 'bob@shop.example', password: goodPassword });
    await settled();
    return 'deviceToken' in result ? [result.deviceToken, ...result.deviceToken.split('.')] : [];
  },
  'link/verify-email': async (door) => {
    await door.auth.emails.requestVerification({ user: aliceRow() });
    return partsOfLink(door, 'verify-email');
  },
  'link/reset-password': async (door) => {
    await door.auth.passwords.requestReset({ identifier: 'alice@shop.example' });
    return partsOfLink(door, 'reset-password');
  },
  'link/change-email': async (door) => {
    await door.auth.emails.requestChange({ user: aliceRow(), newEmail: 'new@shop.example' });
    return partsOfLink(door, 'change-email');
  },
  'refresh-token': async ({ auth }) => {
    const token = await refreshTokenFrom(auth);
    const [id = '', proof = ''] = token.split('.');
    return [token, id, proof, `${id}.${id}`, proof.slice(6), token.toLowerCase()];
  },
  'refresh-family': async ({ auth, state }) => {
    const [id = ''] = (await refreshTokenFrom(auth)).split('.');
    const stored = (await state.get(new StateKeys('').refresh(id))) ?? '';
    const [seal = '', body = ''] = stored.split(' ');
    const family = JSON.parse(body) as RefreshFamily;
    return [stored, seal, body, family, `${id}.${seal}`, `${id}.AAAAAQ${family.seed}`, family.epoch];
  },
  identifier: async ({ auth, events }) => {
    await auth.login({ identifier: 'nobody', password: 'wrong' }).catch(() => undefined);
    return events.flatMap((event) => ('identifierHash' in event ? [event, event.identifierHash] : []));
  },
};

async function partsOfLink(door: AccountDoor, kind: LinkPurpose): Promise<readonly unknown[]> {
  await door.settled();
  const token = door.outbox.token(kind);
  const [secretId, body = '', signature] = token.split('.');
  return [token, body, signature, secretId, decoded(body), `${token}.`, token.toLowerCase()];
}

async function refreshTokenFrom({ tokens }: Pick<AccountDoor['auth'], 'tokens'>): Promise<string> {
  const { refreshToken = '' } = await tokens.issue(aliceRow(), { refresh: true });
  return refreshToken;
}

/** Every method of `createAuth`, and of those that strangers show something to whether it lets that in. */
const doors: Readonly<Record<string, ((made: AccountDoor, shown: unknown) => Promise<boolean>) | 'no door'>> =
  {
    'accounts.close': async ({ auth }, shown) =>
      done(auth.accounts.close({ user: aliceRow(), currentPassword: shown as string })),
    'accounts.setStatus': 'no door',
    close: 'no door',
    'emails.confirmChange': async ({ auth }, shown) =>
      done(auth.emails.confirmChange({ token: shown as string })),
    'emails.requestChange': 'no door',
    'emails.requestVerification': 'no door',
    'emails.verify': async ({ auth, outbox }, shown) => {
      if (await done(auth.emails.verify({ token: shown as string }))) return true;
      const token = outbox.sent.find(({ kind }) => kind === 'verify-email')?.token ?? '';
      const result = await auth.emails.verify({ token }, { deviceToken: shown as string }).catch(() => null);
      return result?.status === 'verified';
    },
    login: async ({ auth }, shown) => {
      const tried = [
        { identifier: 'alice@shop.example', password: shown },
        { identifier: shown, password: shown },
      ].map((input) => auth.login(input as { identifier: string; password: string }).catch(() => null));
      return (await Promise.all(tried)).some((result) => result !== null);
    },
    on: 'no door',
    'passwords.change': async ({ auth }, shown) => {
      const input = { user: aliceRow(), currentPassword: shown as string, newPassword: otherPassword };
      return done(auth.passwords.change(input));
    },
    'passwords.requestReset': 'no door',
    'passwords.reset': async ({ auth }, shown) =>
      done(auth.passwords.reset({ token: shown as string, newPassword: otherPassword })),
    register: 'no door',
    'sessions.end': 'no door',
    'sessions.endAll': 'no door',
    'sessions.list': 'no door',
    'sessions.resume': async ({ auth }, shown) => (await auth.sessions.resume(shown)) !== null,
    'sessions.start': 'no door',
    'tokens.issue': 'no door',
    'tokens.jwks': 'no door',
    'tokens.refresh': async ({ auth }, shown) => done(auth.tokens.refresh(shown as string)),
    'tokens.revoke': async ({ auth, state }, shown) => {
      state.calls.length = 0;
      if (typeof shown === 'string') await auth.tokens.revoke(shown);
      else
        await expect(auth.tokens.revoke(shown as string)).rejects.toMatchObject({
          code: 'ERR_INPUT_INVALID',
        });
      // To know whether a refresh token is genuine, its family is looked at.
      return state.calls.some((call) => call !== 'get refresh');
    },
    'tokens.revokeAll': 'no door',
    'tokens.verify': async ({ auth }, shown) => (await verdictOn(auth, shown as string)) === 'accepted',
    'users.findById': 'no door',
    'users.findByIdentifier': 'no door',
    'users.toAuthUser': 'no door',
  };

/** The only ones that are let in: by the door, the purpose and the place in its list. */
const letIn = [
  'emails.confirmChange link/change-email 0',
  'emails.verify device 0',
  'emails.verify link/verify-email 0',
  'passwords.reset link/reset-password 0',
  'sessions.resume epoch 0',
  'tokens.refresh refresh-token 0',
  'tokens.revoke access-token 0',
  'tokens.revoke refresh-token 0',
  'tokens.verify access-token 0',
];

async function done(act: Promise<unknown>): Promise<boolean> {
  const [{ status }] = await Promise.allSettled([act]);
  return status === 'fulfilled';
}

describe('the purposes', () => {
  it('are all for which the sources derive a key', () => {
    const derived = scripts(readTree('src'), 'src/').flatMap(([path, text]) => purposesIn(path, text));
    expect([...new Set(derived)].sort()).toEqual(Object.keys(made).sort());
  });

  it('have keys of their own, in every realm and under every secret', () => {
    const secrets = [new Secrets(secretA, ''), new Secrets(secretA, 'staff'), new Secrets(`${secretA}2`, '')];
    const keys = Object.keys(made).flatMap((purpose) =>
      secrets.map((each) => Buffer.from(each.current(purpose).key).toString('hex')),
    );
    expect(new Set(keys).size).toBe(3 * Object.keys(made).length);
  });
});

describe('the doors', () => {
  it('are all methods that there are', () => {
    const methods = Object.entries(accountDoor().auth).flatMap(([name, part]) => {
      if (typeof part === 'function') return [name];
      const inner = typeof part === 'object' && name !== 'clock' ? Object.entries(part as object) : [];
      return inner.filter(([, value]) => typeof value === 'function').map(([method]) => `${name}.${method}`);
    });
    expect(methods.sort()).toEqual(Object.keys(doors).sort());
  });

  it('let in what was made for them and nothing else', async () => {
    const opened: string[] = [];
    let tried = 0;
    for (const [name, opens] of Object.entries(doors)) {
      if (opens === 'no door') continue;
      for (const [purpose, make] of Object.entries(made)) {
        const here = accountDoor();
        const shown = await make(here);
        expect(shown.length).toBeGreaterThan(1);
        for (const [at, one] of shown.entries()) {
          tried += 1;
          if (await opens(here, one)) opened.push(`${name} ${purpose} ${at}`);
        }
      }
    }
    expect(opened.sort()).toEqual(letIn);
    console.log(`${tried} pairs of a door and what was made for another, ${opened.length} of them its own`);
  });
});

describe('an artefact that is signed with the key of another purpose', () => {
  const keysOf = (realm = '') =>
    Object.keys(made).map((purpose) => ({ purpose, ...new Secrets(secretA, realm).current(purpose) }));
  const raw = {
    purpose: 'the secret itself',
    secretId: keysOf()[0]?.secretId ?? '',
    key: Buffer.from(secretA),
  };

  it('is no access token, however right its claims', async () => {
    const { auth, clock } = door();
    for (const { purpose, secretId, key } of [...keysOf(), ...keysOf('staff'), raw]) {
      const forged = await issueJwt(
        { sub: '1', idt: 'n', client_id: issuer },
        {
          key,
          algorithm: 'HS256',
          kid: secretId,
          issuer,
          audience: issuer,
          expiresIn: 60,
          typ: 'at+jwt',
          clock,
        },
      );
      const own = purpose === 'access-token' && secretId === keysOf()[0]?.secretId;
      expect(await verdictOn(auth, forged), purpose).toBe(own ? 'accepted' : 'ERR_TOKEN_INVALID');
    }
  });

  it('is no session, however right its stamp', async () => {
    const { auth } = door();
    const stamp = await auth.sessions.start(aliceRow());
    for (const { purpose, secretId, key } of [...keysOf(), ...keysOf('staff'), raw]) {
      const epoch = mac(key, ...encodeUserId(1), JSON.stringify([aliceRow().hash, null]));
      const session = await auth.sessions.resume({ ...stamp, epoch, secretId });
      const own = purpose === 'epoch' && secretId === stamp.secretId;
      expect(session !== null, purpose).toBe(own);
    }
  });
});

describe('a login with refresh tokens', () => {
  const keysOf = () =>
    ['', 'staff'].flatMap((realm) =>
      Object.keys(made).map((purpose) => ({
        purpose,
        realm,
        ...new Secrets(secretA, realm).current(purpose),
      })),
    );

  it('is not continued with a token that the key of another purpose has made', async () => {
    const { auth, state, clock } = door();
    for (const { purpose, realm, key } of keysOf()) {
      const [id = ''] = (await refreshTokenFrom(auth)).split('.');
      const stored = (await state.get(new StateKeys('').refresh(id))) ?? '';
      const { seed } = JSON.parse(stored.slice(stored.indexOf(' '))) as RefreshFamily;
      const proof = Buffer.from(mac(key, id, '1', seed), 'base64url');
      const text = `${id}.${Buffer.concat([Buffer.from([0, 0, 0, 1]), proof]).toString('base64url')}`;
      const own = purpose === 'refresh-token' && realm === '';
      expect(await done(auth.tokens.refresh(text)), `${purpose} ${realm}`).toBe(own);
      clock.advance(1);
    }
  });

  it('is not read when the key of another purpose has sealed it', async () => {
    const { auth, state } = door();
    for (const { purpose, realm, key } of keysOf()) {
      const token = await refreshTokenFrom(auth);
      const [id = ''] = token.split('.');
      const name = new StateKeys('').refresh(id);
      const stored = (await state.get(name)) ?? '';
      const body = stored.slice(stored.indexOf(' ') + 1);
      await state.put(name, `${mac(key, id, body)} ${body}`, 60);
      const own = purpose === 'refresh-family' && realm === '';
      expect(await done(auth.tokens.refresh(token)), `${purpose} ${realm}`).toBe(own);
    }
  });
});

describe('a token of another kind', () => {
  const kinds = [
    'at+jwt',
    'JWT',
    'refresh+jwt',
    'verify-email+jwt',
    'reset+jwt',
    'invite+jwt',
    'dpop+jwt',
    'id',
  ];
  const { secretId: kid, key } = new Secrets(secretA, '').current('access-token');
  const standard = { issuer, audience: issuer, expiresIn: 60 } as const;

  it('with the very key, issuer, audience and claims of an access token is none', async () => {
    const { auth, clock, state } = door();
    for (const typ of kinds) {
      const token = await issueJwt(
        { sub: '1', idt: 'n', client_id: issuer },
        { ...standard, key, algorithm: 'HS256', kid, typ, clock },
      );
      state.calls.length = 0;
      expect(await verdictOn(auth, token), typ).toBe(typ === 'at+jwt' ? 'accepted' : 'ERR_TOKEN_INVALID');
      expect(state.calls, typ).toHaveLength(typ === 'at+jwt' ? 1 : 0);
    }
  });

  it('is what an access token is not, for a verifier of the same key', async () => {
    const { auth, clock } = door();
    const { accessToken } = await auth.tokens.issue(aliceRow());
    for (const typ of kinds) {
      const options = { keys: key, algorithms: ['HS256'] as const, issuer, audience: issuer, typ, clock };
      const verdict = verifyJwt(accessToken, options).then(
        () => 'accepted',
        (error: { code: string }) => error.code,
      );
      expect(await verdict, typ).toBe(typ === 'at+jwt' ? 'accepted' : 'ERR_TOKEN_INVALID');
    }
  });
});

function decoded(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
}

/** The purposes that a file derives keys for: what it hands to `all`, `current` and `byId` of the secrets. */
function purposesIn(path: string, text: string): readonly string[] {
  const nodes = [...walk(parse(path, text))];
  const constants = new Map(
    nodes.filter(ts.isVariableDeclaration).map(({ name, initializer }) => [name.getText(), initializer]),
  );
  return nodes.filter(isDerivation).flatMap(({ arguments: [purpose] }) => {
    const value = purpose && ts.isIdentifier(purpose) ? constants.get(purpose.text) : purpose;
    if (value && ts.isTemplateExpression(value) && value.head.text === 'link/') return linkPurposes;
    return value && ts.isStringLiteral(value) ? [value.text] : [`${path}: a purpose that cannot be read`];
  });
}

/** A row for each: the compiler misses one that a later version adds. */
const linkPurposes = Object.keys({
  'verify-email': true,
  'reset-password': true,
  'change-email': true,
} satisfies Record<LinkPurpose, true>).map((purpose) => `link/${purpose}`);

function isDerivation(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { name, expression } = node.expression;
  return ['all', 'current', 'byId'].includes(name.text) && /(^|\.)secrets$/.test(expression.getText());
}
