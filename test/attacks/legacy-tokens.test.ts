/** Tokens from before ostiary open no more than they did, and end with everything else. */

import { createSecretKey } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { LegacyTokens } from '../../src/index.ts';
import { issueJwt } from '../../src/jwt/index.ts';
import { accountDoor, goodPassword } from '../support/account-door.ts';
import { aliceRow, anotherDoor, type Door, door, rightPassword } from '../support/door.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { ecdsaTwin, lookAlikes, variantsOf } from '../support/jws-variants.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { legacyDoor, oldSecret, oldToken, secondsUntil, tutorial, until } from '../support/legacy-door.ts';
import { publicKeyTexts } from '../support/public-key-texts.ts';
import { encoded, rawJws, startOfTime } from '../support/raw-jws.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';

vi.spyOn(process, 'emitWarning').mockReturnValue();

const secretKey = createSecretKey(Buffer.from(oldSecret));
const hs256 = { algorithm: 'HS256', key: secretKey } as const;
const pairOf = (algorithm: 'RS256' | 'ES256') => {
  const { privateKey, publicKey } = keysFor(algorithm);
  return {
    algorithm,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    legacy: { ...tutorial, algorithms: [algorithm], key: publicKey } satisfies LegacyTokens,
  };
};
/** A door whose function is watched: it is the host's code, and nothing that is not genuine may reach it. */
const watchedDoor = (legacy: Partial<LegacyTokens> = {}, parts: Parameters<typeof legacyDoor>[1] = {}) => {
  const claims = vi.fn(() => ({ sub: 1 }));
  return { ...legacyDoor({ ...legacy, claims }, parts), claims };
};

describe('a text that is no token from before', () => {
  it.each([
    'none',
    'None',
    '',
    undefined,
    null,
    ['HS256'],
    'hs256',
    'HS256 ',
    'HS384',
    'RS256',
    'ES256',
    'dir',
  ])('for its algorithm %j', async (alg) => {
    const { auth, claims } = watchedDoor();
    const header = { typ: 'JWT', alg };
    const signed = rawJws(header, { id: 1 }, hs256);
    const unsigned = `${encoded(header)}.${encoded({ id: 1 })}.`;
    for (const token of [signed, unsigned, `${unsigned}AA`]) {
      expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_INVALID');
    }
    expect(claims).not.toHaveBeenCalled();
  });

  it.each(['RS256', 'ES256'] as const)('for a MAC that is made with the public %s key', async (algorithm) => {
    const { key, legacy } = pairOf(algorithm);
    const { auth, claims } = watchedDoor(legacy);
    expect(await verdictOn(auth, oldToken({ id: 1 }, { key, algorithm }))).toBe('accepted');
    claims.mockClear();
    for (const [, bytes] of publicKeyTexts(keysFor(algorithm).publicKey)) {
      for (const alg of ['HS256', 'HS384', 'HS512'] as const) {
        const signer = { algorithm: alg, key: createSecretKey(bytes) };
        for (const said of [alg, algorithm]) {
          const token = rawJws({ typ: 'JWT', alg: said }, { id: 1 }, signer);
          expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_INVALID');
        }
      }
    }
    expect(claims).not.toHaveBeenCalled();
  });

  it.each([
    'at+jwt',
    'AT+JWT',
    'application/at+jwt',
    'refresh+jwt',
    'dpop+jwt',
    'JWE',
    'JOSE',
    '',
    'JWT ',
    1,
    null,
  ])('for its type %j, though its signature is right', async (typ) => {
    const { auth, claims } = watchedDoor();
    expect(await verdictOn(auth, rawJws({ alg: 'HS256', typ }, { id: 1 }, hs256))).toBe('ERR_TOKEN_INVALID');
    expect(claims).not.toHaveBeenCalled();
  });

  it.each(['[]', '"x"', 'null', '1', '{', '', '{"id":1,"id":2}', '{"__proto__":{"id":1}}', '\ufeff{"id":1}'])(
    'for its payload %j, though its signature is right',
    async (payload) => {
      const { auth, claims } = watchedDoor();
      const token = rawJws({ alg: 'HS256', typ: 'JWT' }, payload, hs256);
      expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_INVALID');
      expect(claims).not.toHaveBeenCalled();
      expect(Reflect.get({}, 'id')).toBeUndefined();
    },
  );

  it('for its signature, or what was changed under it', async () => {
    const { auth, claims } = watchedDoor();
    const [header, , signature] = oldToken().split('.');
    const texts = [
      oldToken({ id: 1 }, { key: 'guessed' }),
      `${header}.${encoded({ id: 2 })}.${signature}`,
      `${header}.${encoded({ id: 2 })}.`,
      ...[...variantsOf(oldToken()), ...lookAlikes(oldToken())].map(([, text]) => text),
    ];
    const verdicts = await Promise.all(texts.map((text) => verdictOn(auth, text)));
    expect(tally(verdicts)).toEqual({ ERR_TOKEN_INVALID: texts.length });
    expect(claims).not.toHaveBeenCalled();
  });

  it('and no token of ours is looked for there, not even with the same secret', async () => {
    const made = watchedDoor({ key: secretA }, { secret: secretA });
    const { accessToken } = await made.auth.tokens.issue(aliceRow());
    expect(await verdictOn(made.auth, accessToken)).toBe('accepted');
    const old = oldToken({ id: 1 }, { key: secretA });
    expect(await verdictOn(anotherDoor(made).auth, old)).toBe('ERR_TOKEN_INVALID');
    expect(await verdictOn(door({ secret: [secretA] }).auth, old)).toBe('ERR_TOKEN_INVALID');
    expect(made.claims).not.toHaveBeenCalled();
    const invitation = await issueJwt(
      { sub: '1' },
      {
        ...{ key: secretA, algorithm: 'HS256', typ: 'invitation+jwt' },
        issuer,
        audience: issuer,
        expiresIn: 60,
      },
    );
    expect(await verdictOn(made.auth, invitation)).toBe('ERR_TOKEN_INVALID');
    expect(made.claims).not.toHaveBeenCalled();
  });

  it('and nothing else that was handed out is one', async () => {
    const claims = vi.fn(() => ({ sub: 1 }));
    const made = accountDoor({ tokens: { legacy: [{ ...tutorial, key: secretA, claims }] } });
    const { refreshToken = '' } = await made.auth.tokens.issue(aliceRow(), { refresh: true });
    const stamp = await made.auth.sessions.start(aliceRow());
    await made.auth.passwords.requestReset({ identifier: 'alice@shop.example' });
    await made.auth.register({ email: 'bob@shop.example', password: goodPassword });
    await made.settled();
    const links = (['reset-password', 'verify-email'] as const).map((kind) => made.outbox.token(kind));
    for (const text of [refreshToken, JSON.stringify(stamp), stamp.id, ...links]) {
      expect(text).not.toBe('');
      expect(await verdictOn(made.auth, text)).toBe('ERR_TOKEN_INVALID');
    }
    expect(claims).not.toHaveBeenCalled();
  });
});

describe('a key that everybody has', () => {
  it.each(publicKeyTexts(keysFor('RS256').publicKey))('is no secret: %s', (_what, bytes) => {
    expect(() => legacyDoor({ key: bytes })).toThrow(
      expect.objectContaining({ option: 'tokens.legacy.0.key' }),
    );
    const text = bytes.toString('latin1');
    if (/^[\t-~]+$/.test(text)) expect(() => legacyDoor({ key: text })).toThrow('tokens.legacy.0.key');
  });
});

describe('what the payload says', () => {
  it('counts for nothing unless the function copies it', async () => {
    const { auth } = legacyDoor();
    const payload = {
      ...{
        scope: 'admin',
        roles: ['admin'],
        amr: ['hwk'],
        auth_time: startOfTime,
        gen: 'x',
        sid: 'y',
        idt: 's',
      },
      ...{
        sub: '2',
        aud: 'other',
        iss: 'other',
        client_id: 'other',
        realm: 'staff',
        jti: 'mine',
        via: 'session',
      },
    };
    const claims = await auth.tokens.verify(oldToken({ id: 1, ...payload }));
    const { jti, ...rest } = claims;
    expect(rest).toEqual({
      ...{ iss: issuer, aud: issuer, client_id: issuer, sub: '1', idt: 'n' },
      ...{ iat: startOfTime, exp: until.getTime() / 1000 },
    });
    expect(jti).not.toBe('mine');
  });

  it('is not the prototype of anything', async () => {
    const { auth } = legacyDoor();
    const text = '{"id":1,"constructor":{"prototype":{"admin":true}},"toString":"x","hasOwnProperty":"y"}';
    const token = rawJws({ alg: 'HS256', typ: 'JWT' }, text, hs256);
    expect(await verdictOn(auth, token)).toBe('accepted');
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});

describe('an id that the function gives another type than the table has', () => {
  const claims: LegacyTokens['claims'] = ({ id }) => ({ sub: String(id) });
  const textForNumber = { code: 'ERR_CONFIG_INVALID', option: 'tokens.legacy.0.claims.sub' };

  it('teaches nothing of the types of ids, though it is the first that is seen after a start', async () => {
    const { auth } = legacyDoor({ claims });
    const token = oldToken();
    expect(await verdictOn(auth, token)).toBe('accepted');
    await auth.tokens.revokeAll(1);
    await auth.sessions.endAll(1);
    // A row: now it is known what the ids are.
    await auth.login({ identifier: 'alice@shop.example', password: rightPassword });
    await expect(auth.tokens.verify(token)).rejects.toMatchObject(textForNumber);
    await expect(auth.tokens.verify(oldToken({ id: 2 }))).rejects.toMatchObject(textForNumber);
    await expect(auth.tokens.revokeAll('1')).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
    await expect(auth.sessions.endAll('1')).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
  });

  it('is refused also when a token of ours is the first from which the type is known', async () => {
    const one = legacyDoor({ claims });
    const { accessToken } = await one.auth.tokens.issue(aliceRow());
    const { auth } = anotherDoor(one, { tokens: { legacy: [{ ...tutorial, claims }] } });
    expect(await verdictOn(auth, oldToken())).toBe('accepted');
    expect(await verdictOn(auth, accessToken)).toBe('accepted');
    await expect(auth.tokens.verify(oldToken())).rejects.toMatchObject(textForNumber);
  });
});

describe.each(['HS256', 'RS256', 'ES256'] as const)('a %s from before', (algorithm) => {
  const { key, legacy } = algorithm === 'HS256' ? { key: oldSecret, legacy: tutorial } : pairOf(algorithm);
  const options = { key, algorithm };
  const shown = (token: string): readonly string[] =>
    algorithm === 'ES256' ? [token, ecdsaTwin(token, algorithm)] : [token];
  const parts = { tokens: { legacy: [legacy] } };
  const verdicts = (doors: readonly Pick<Door, 'auth'>[], tokens: readonly string[]) =>
    Promise.all(doors.flatMap(({ auth }) => tokens.map((token) => verdictOn(auth, token))));

  it.each([{}, { expiresIn: '300d' }] as const)(
    'that was logged out (%j) is refused in each process until its end, and no other is',
    async (life) => {
      const one = legacyDoor(legacy);
      const other = anotherDoor(one, parts);
      const token = oldToken({ id: 1 }, { ...options, ...life });
      const others = [oldToken({ id: 1, iat: startOfTime - 1 }, options), oldToken({ id: 2 }, options)];
      expect(tally(await verdicts([one, other], [...shown(token), ...others]))).toEqual({
        accepted: 2 * (shown(token).length + 2),
      });
      await other.auth.tokens.revoke(shown(token).at(-1) ?? '');
      for (const days of [0, 100, 190]) {
        one.clock.advance(days * 86_400);
        const doors = [one, other, anotherDoor(one, parts)];
        expect(tally(await verdicts(doors, shown(token)))).toEqual({
          ERR_TOKEN_REVOKED: 3 * shown(token).length,
        });
        expect(tally(await verdicts(doors, others))).toEqual({ accepted: 6 });
      }
    },
  );

  const acts: Readonly<Record<string, (made: Door) => Promise<unknown>>> = {
    'tokens.revokeAll': ({ auth }) => auth.tokens.revokeAll(1),
    'sessions.endAll': ({ auth }) => auth.sessions.endAll(1),
    'passwords.change': ({ auth }) =>
      auth.passwords.change({ user: aliceRow(), currentPassword: rightPassword, newPassword: goodPassword }),
    'accounts.setStatus': ({ auth }) => auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }),
    '64 logouts of other tokens': async ({ auth }) => {
      for (let id = 0; id <= 64; id += 1) {
        await auth.tokens.revoke(oldToken({ id: 1, iat: startOfTime - id - 1 }, options));
      }
    },
  };

  it.each(Object.keys(acts))('ends by %s, for good: nothing else remembers it', async (name) => {
    const one = legacyDoor(legacy);
    const other = anotherDoor(one, parts);
    const tokens = [
      ...shown(oldToken({ id: 1 }, options)),
      oldToken({ id: 1 }, { ...options, expiresIn: '330d' }),
    ];
    const ofAnother = oldToken({ id: 2 }, options);
    expect(tally(await verdicts([one, other], [...tokens, ofAnother]))).toEqual({
      accepted: 2 * tokens.length + 2,
    });
    await acts[name]?.(one);
    // Longer than any session and any login of ours lives.
    for (const days of [0, 91, 200]) {
      one.clock.advance(days * 86_400);
      const doors = [one, other, anotherDoor(one, parts)];
      expect(tally(await verdicts(doors, tokens))).toEqual({ ERR_TOKEN_REVOKED: 3 * tokens.length });
      expect(tally(await verdicts(doors, [ofAnother]))).toEqual({ accepted: 3 });
    }
    one.clock.advance(secondsUntil);
    expect(tally(await verdicts([one, other], [ofAnother]))).toEqual({ ERR_TOKEN_INVALID: 2 });
  });
});

describe('a state store that is down', () => {
  it('lets no token from before in, unless somebody asked for that', async () => {
    const { auth, state, events } = legacyDoor();
    const token = oldToken();
    state.failing.add('get');
    expect(await verdictOn(auth, token)).toBe('ERR_STATE_UNAVAILABLE');
    expect(events).toEqual([]);
    expect(await verdictOn(auth, token, { ifStateUnavailable: 'accept' })).toBe('accepted');
    expect(events.map(({ name }) => name)).toEqual(['token.accepted-unchecked', 'token.legacy-accepted']);
  });
});
