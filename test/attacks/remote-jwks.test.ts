/** Another issuer's keys: what strangers put into headers, and what comes back when the issuer is not itself. */

import { createSecretKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jwtAlgorithms } from '../../src/jwt/algorithms.ts';
import { readPublishedKeys } from '../../src/jwt/published-keys.ts';
import { asyncWorkOf } from '../support/async-work.ts';
import { keysFor, rsaKeys } from '../support/jwt-keys.ts';
import { answerOf, jwkOf, type PublishedSet, publishedSet, setOf, setUrl } from '../support/published-set.ts';
import { genuineClaims, type JwsPart, signedToken } from '../support/raw-jws.ts';

const invalid = { code: 'ERR_TOKEN_INVALID' };
const unavailable = { name: 'RetryError', code: 'ERR_STATE_UNAVAILABLE' };
const attacker = keysFor('ES256', 'other');
const lasting = (header: object = {}) => signedToken({ header, claims: { exp: genuineClaims.exp + 86_400 } });

/** Names that a look-up by file, table, address or prototype would stumble over. */
const kids: readonly unknown[] = [
  ...['k2', 'K1', 'k1 ', 'k1\u0000', '../../dev/null', 'file:///etc/passwd', '', '*'],
  ...["' OR 1=1--", 'https://evil.example/jwks.json', '//evil.example', `${setUrl}?k1`],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0', 'undefined', 'null'],
  ...[null, true, 0, ['k1'], {}, { k1: true }, { toString: 'k1' }, 'x'.repeat(4000), 'x'.repeat(1_000_000)],
];

describe('a name in a header', () => {
  it.each(kids.map((kid) => [String(JSON.stringify(kid)).slice(0, 40), kid]))(
    '%s is refused, at the price of one request in each cooldown',
    async (_name, kid) => {
      const idp = publishedSet();
      const verifier = idp.verifier();
      await verifier.verify(signedToken());
      for (let round = 0; round < 3; round += 1) {
        idp.clock.advance(30);
        const before = idp.asked.length;
        const tokens = Array.from({ length: 20 }, (_, index) => lasting({ kid, x: `${round} ${index}` }));
        const refusals = await Promise.allSettled(tokens.map((token) => verifier.verify(token)));
        for (const token of tokens) await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
        for (const refusal of refusals) expect(refusal).toMatchObject({ reason: invalid });
        expect(idp.asked.length - before).toBeLessThanOrEqual(1);
      }
      expect(idp.asked.every(({ url }) => url === setUrl)).toBe(true);
    },
  );

  it('that another is made up of each time fetches no more than one does', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    for (let second = 0; second < 300; second += 1) {
      const guesses = [1, 2, 3].map((index) => lasting({ kid: `guess ${second} ${index}` }));
      const refused = await Promise.allSettled(guesses.map((token) => verifier.verify(token)));
      expect(refused.filter(({ status }) => status === 'fulfilled')).toEqual([]);
      idp.clock.advance(1);
    }
    expect(idp.asked).toHaveLength(10);
  });

  it('keeps nobody waiting who names a key that is there', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(signedToken());
    idp.clock.advance(30);
    let open = (): void => undefined;
    idp.answer(
      () =>
        new Promise((resolve) => {
          open = () => resolve(setOf(jwkOf('k1')));
        }),
    );
    const guess = verifier.verify(lasting({ kid: 'guess' }));
    expect(await verifier.verify(lasting({ x: 'genuine' }))).toMatchObject({ sub: '1' });
    open();
    await expect(guess).rejects.toMatchObject(invalid);
  });

  it('fetches nothing for an algorithm or a kind that is not asked for', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    const tokens = [
      signedToken({ algorithm: 'HS256' }),
      signedToken({ algorithm: 'ES384' }),
      signedToken({ header: { typ: 'JWT' } }),
      `${signedToken()}=`,
      'undefined',
    ];
    for (const token of tokens) await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
    expect(idp.asked).toEqual([]);
  });
});

describe('a key in a header', () => {
  const evil = 'https://evil.example/jwks.json';
  const jwk = { ...jwkOf('k1', attacker.publicKey), alg: 'ES256' };

  it.each([
    ['jku', { jku: evil }],
    ['x5u', { x5u: evil }],
    ['jwk', { jwk }],
    ['jwks', { jwks: { keys: [jwk] }, jwks_uri: evil }],
    ['a name that is an address', { kid: evil, jku: evil, x5u: evil }],
  ])('is ignored, and nobody is asked for it: %s (RFC 8725 §3.10)', async (_member, header) => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(signedToken());
    idp.clock.advance(30);
    const forged = signedToken({ header, key: attacker.privateKey });
    const work = await asyncWorkOf(() => verifier.verify(forged));
    expect(work.filter((kind) => kind !== 'SIGNREQUEST')).toEqual([]);
    await expect(verifier.verify(forged)).rejects.toMatchObject(invalid);
    expect(idp.asked.filter(({ url }) => url !== setUrl)).toEqual([]);
    expect(idp.asked.length).toBeLessThanOrEqual(2);
  });
});

describe('a set', () => {
  /** What becomes of a genuine token, and of one of the entry's key, when the set holds the entry and a good key. */
  async function beside(...entries: readonly unknown[]): Promise<PublishedSet> {
    const idp = publishedSet();
    idp.publish(...entries, jwkOf('k1'));
    await expect(idp.verifier().verify(signedToken())).resolves.toMatchObject({ sub: '1' });
    return idp;
  }

  const es384 = keysFor('ES384');
  const [rsa, weak] = [keysFor('RS256'), rsaKeys(1024)];
  const secret = keysFor('HS256').privateKey;
  const privateJwk = attacker.privateKey.export({ format: 'jwk' });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'k1'],
    ['a number', 1],
    ['a list', [[]]],
    ['nothing in it', {}],
    ['a kind that is an object', { kty: {}, kid: 'k2' }],
    ['a kind of the prototype', { kty: 'constructor', kid: 'k2' }],
    ['a point that is on no curve', { ...jwkOf('k2'), y: 'AAAA' }],
    ['members of other types', { kty: 'EC', crv: 'P-256', x: 1, y: [] }],
    ['an unknown curve', { ...jwkOf('k2'), crv: 'P-257' }],
    ['a name that is a number', { ...jwkOf(undefined), kid: 7 }],
    ['a name of 256 characters', jwkOf('k'.repeat(256))],
    ['an unknown kind', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }],
  ])('is not spoilt by an entry that is %s', async (_what, entry) => {
    await beside(entry);
  });

  it.each<[string, object]>([
    ['for encryption', { use: 'enc' }],
    ['for another algorithm', { alg: 'ES384' }],
    ['for other operations', { key_ops: ['deriveBits'] }],
    ['whose private half is there too', { d: privateJwk.d }],
  ])('lends no key that is %s', async (_what, change) => {
    const idp = await beside({ ...jwkOf('k2', attacker.publicKey), ...change });
    const token = signedToken({ header: { kid: 'k2' }, key: attacker.privateKey });
    await expect(idp.verifier().verify(token)).rejects.toMatchObject(invalid);
  });

  it('lends the key without the change, or the tests above would say nothing', async () => {
    const idp = await beside(jwkOf('k2', attacker.publicKey));
    const token = signedToken({ header: { kid: 'k2' }, key: attacker.privateKey });
    expect(await idp.verifier().verify(token)).toMatchObject({ sub: '1' });
  });

  it('lends no secret, under whatever algorithm', async () => {
    const oct = { ...secret.export({ format: 'jwk' }), kid: 'k1', alg: 'HS256', use: 'sig' };
    const idp = publishedSet();
    idp.publish(oct, { ...oct, alg: 'RS256' }, { ...oct, kty: 'RSA' }, jwkOf('k1'));
    expect(readPublishedKeys([oct], jwtAlgorithms)).toEqual([]);
    const mac = signedToken({ algorithm: 'HS256' });
    for (const algorithms of [['RS256'], ['ES256'], ['EdDSA', 'Ed25519']] as const) {
      await expect(idp.verifier(algorithms).verify(mac)).rejects.toMatchObject(invalid);
    }
    // Of a public key as the secret too (CVE-2015-9235).
    for (const form of ['spki', 'jwk']) {
      const text =
        form === 'jwk'
          ? JSON.stringify(jwkOf('k1'))
          : keysFor('ES256').publicKey.export({ type: 'spki', format: 'pem' });
      const confused = signedToken({ algorithm: 'HS256', key: createSecretKey(Buffer.from(text)) });
      await expect(idp.verifier().verify(confused)).rejects.toMatchObject(invalid);
    }
  });

  it('lends no weak RSA key', async () => {
    const idp = publishedSet();
    const one = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'one', e: 'AQ' };
    idp.publish(jwkOf('weak', weak.publicKey), one, jwkOf('k1', rsa.publicKey));
    const verifier = idp.verifier(['RS256']);
    expect(await verifier.verify(signedToken({ algorithm: 'RS256' }))).toMatchObject({ sub: '1' });
    const token = signedToken({ algorithm: 'RS256', header: { kid: 'weak' }, key: weak.privateKey });
    await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
    await expect(
      verifier.verify(signedToken({ algorithm: 'RS256', header: { kid: 'one' } })),
    ).rejects.toMatchObject(invalid);
  });

  it('lends no key of an algorithm that the verifier does not list, though the set says it', async () => {
    const idp = await beside({ ...jwkOf('k2', es384.publicKey), alg: 'ES384' });
    const token = signedToken({ algorithm: 'ES384', header: { kid: 'k2' } });
    await expect(idp.verifier().verify(token)).rejects.toMatchObject(invalid);
  });

  it('is read up to its hundredth key', async () => {
    const idp = publishedSet();
    const many = Array.from({ length: 99 }, (_, index) => jwkOf(`other ${index}`, attacker.publicKey));
    idp.publish(...many, jwkOf('k1'), jwkOf('k2'));
    expect(await idp.verifier().verify(signedToken())).toMatchObject({ sub: '1' });
    await expect(idp.verifier().verify(signedToken({ header: { kid: 'k2' } }))).rejects.toMatchObject(
      invalid,
    );
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'NO_JWK_SET'],
    ['a page', '<!doctype html><title>Log in to this network</title>', 'NO_JWK_SET'],
    ['null', 'null', 'NO_JWK_SET'],
    ['a list', '[{"kty":"EC"}]', 'NO_JWK_SET'],
    ['one key', JSON.stringify(jwkOf('k1')), 'NO_JWK_SET'],
    ['keys that are no list', '{"keys":{"k1":{}}}', 'NO_JWK_SET'],
    ['keys that it only inherits', '{"__proto__":{"keys":[]}}', 'NO_JWK_SET'],
    ['half of a set', '{"keys":[', 'NO_JWK_SET'],
    ['brackets without end', '['.repeat(65_536), 'NO_JWK_SET'],
    ['bytes that are no UTF-8', Buffer.from('{"keys":[],"x":"\xff"}', 'latin1'), 'NO_UTF8'],
    ['a byte too many', JSON.stringify({ keys: [], x: 'x'.repeat(65_537 - 17) }), 'TOO_LONG'],
  ])('is none that is %s', async (_what, body, code) => {
    const idp = publishedSet();
    idp.answer(() => answerOf(typeof body === 'string' ? body : [body]));
    const refused = idp.verifier().verify(signedToken());
    await expect(refused).rejects.toMatchObject({ ...unavailable, cause: { code } });
  });

  it.each([201, 204, 206, 304, 400, 401, 404, 429, 500, 503])(
    'is none with the status %i',
    async (status) => {
      const idp = publishedSet();
      const answer = answerOf(JSON.stringify({ keys: [jwkOf('k1')] }), { status });
      idp.answer(() => answer);
      await expect(idp.verifier().verify(signedToken())).rejects.toMatchObject({
        ...{ ...unavailable, cause: { code: `STATUS_${status}` } },
      });
      expect(answer.cancelled).toEqual([true]);
    },
  );

  it('without end is cut off, whatever length was announced', async () => {
    const idp = publishedSet();
    let parts = 0;
    const endless = (function* () {
      for (;;) {
        parts += 1;
        yield new Uint8Array(1024).fill(0x20);
      }
    })();
    const answer = answerOf(endless, { headers: { 'content-length': '17' } });
    idp.answer(() => answer);
    await expect(idp.verifier().verify(signedToken())).rejects.toMatchObject({ cause: { code: 'TOO_LONG' } });
    expect(parts).toBe(65);
    expect(answer.cancelled).toEqual([true]);
  });

  it('of exactly 64 KB is read, in whatever pieces it comes', async () => {
    const idp = publishedSet();
    const text = JSON.stringify({ keys: [jwkOf('k1')], x: '' });
    const whole = text.replace('"x":""', `"x":"${'x'.repeat(65_536 - text.length)}"`);
    expect(whole).toHaveLength(65_536);
    idp.answer(() => answerOf(Array.from(Buffer.from(whole), (byte) => Uint8Array.of(byte))));
    expect(await idp.verifier().verify(signedToken())).toMatchObject({ sub: '1' });
  });
});

describe('a redirect', () => {
  const moved = (location: string, status = 302) => answerOf('moved', { status, headers: { location } });

  it.each([301, 302, 303, 307, 308])('within the origin is followed (%i)', async (status) => {
    const idp = publishedSet();
    const answers = [moved('/a', status), moved('b?c=d', status), moved('https://idp.example/e', status)];
    const redirected = [...answers];
    idp.answer(() => answers.shift() ?? setOf(jwkOf('k1')));
    expect(await idp.verifier().verify(signedToken())).toMatchObject({ sub: '1' });
    expect(idp.asked.map(({ url }) => url)).toEqual([
      ...[setUrl, 'https://idp.example/a', 'https://idp.example/b?c=d', 'https://idp.example/e'],
    ]);
    for (const { cancelled } of redirected) expect(cancelled).toEqual([true]);
  });

  it.each([
    'https://evil.example/jwks.json',
    'http://idp.example/jwks.json',
    'https://idp.example:8443/jwks.json',
    'https://idp.example.evil.example/',
    'https://idp.example@evil.example/',
    '//evil.example/jwks.json',
    '\\\\evil.example/jwks.json',
    'https://127.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'data:application/json,{"keys":[]}',
    // Its origin is that of the issuer.
    'blob:https://idp.example/0a1b2c3d-0000-4000-8000-000000000000',
  ])('to %s is not followed', async (location) => {
    const idp = publishedSet();
    idp.answer(({ url }) => (url === setUrl ? moved(location) : setOf(jwkOf('k1', attacker.publicKey))));
    const forged = signedToken({ key: attacker.privateKey });
    await expect(idp.verifier().verify(forged)).rejects.toMatchObject({
      cause: { code: 'REDIRECT_ELSEWHERE' },
    });
    expect(idp.asked).toHaveLength(1);
  });

  it('in a second step is held to the same origin', async () => {
    const idp = publishedSet();
    idp.answer(({ url }) => moved(url === setUrl ? '/next' : 'https://evil.example/'));
    await expect(idp.verifier().verify(signedToken())).rejects.toMatchObject(unavailable);
    expect(idp.asked).toHaveLength(2);
  });

  it('that leads on and on is given up', async () => {
    const idp = publishedSet();
    idp.answer(() => moved(setUrl));
    await expect(idp.verifier().verify(signedToken())).rejects.toMatchObject({
      cause: { code: 'TOO_MANY_REDIRECTS' },
    });
    expect(idp.asked).toHaveLength(4);
  });

  it('to nowhere is no answer', async () => {
    for (const answer of [moved('https://'), answerOf('', { status: 302 })]) {
      const idp = publishedSet();
      idp.answer(() => answer);
      await expect(idp.verifier().verify(signedToken())).rejects.toMatchObject(unavailable);
    }
  });
});

describe('an issuer that hangs', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['before the answer', () => new Promise<never>(() => undefined)],
    ['in the body', () => ({ ...answerOf(''), body: { getReader: hangingReader } })],
    ['after a redirect', hangsAfterRedirect()],
  ])('%s is given five seconds, and its signal is aborted', async (_where, answer) => {
    const idp = publishedSet();
    idp.answer(answer as never);
    const refused = expect(idp.verifier().verify(signedToken())).rejects.toMatchObject({
      ...{ ...unavailable, cause: { code: 'TIMEOUT' } },
    });
    await vi.advanceTimersByTimeAsync(4999);
    expect(idp.asked.at(-1)?.request.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await refused;
    expect(idp.asked.at(-1)?.request.signal.aborted).toBe(true);
  });

  it('drop by drop is given five seconds for all of it, and is read no further', async () => {
    const idp = publishedSet();
    let drops = 0;
    const read = () =>
      new Promise((resolve) => {
        drops += 1;
        setTimeout(resolve, 1000, { done: false, value: Uint8Array.of(0x20) });
      });
    const cancel = async () => undefined;
    idp.answer(() => ({ ...answerOf(''), body: { getReader: () => ({ read, cancel }) } }) as never);
    const refused = expect(idp.verifier().verify(signedToken())).rejects.toMatchObject(unavailable);
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
    expect(drops).toBeLessThanOrEqual(6);
  });

  it('leaves no timer behind when it has answered', async () => {
    await publishedSet().verifier().verify(signedToken());
    expect(vi.getTimerCount()).toBe(0);
  });

  function hangingReader() {
    return { read: () => new Promise(() => undefined), cancel: async () => undefined };
  }

  function hangsAfterRedirect() {
    let first = true;
    return () => {
      if (!first) return new Promise(() => undefined);
      first = false;
      return answerOf('', { status: 302, headers: { location: '/next' } });
    };
  }
});

describe('a key that was taken out of the set (J24)', () => {
  it('verifies nothing more after ten minutes, also of tokens that were verified before', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    const token = lasting();
    await verifier.verify(token);
    idp.publish(jwkOf('k2', attacker.publicKey));
    idp.clock.advance(599);
    expect(await verifier.verify(token)).toMatchObject({ sub: '1' });
    idp.clock.advance(1);
    await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
    expect(idp.asked).toHaveLength(2);
  });

  it('verifies nothing more after ten minutes of the set, though the token was seen later', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(lasting({ x: 'first' }));
    idp.publish();
    idp.clock.advance(590);
    const late = lasting({ x: 'late' });
    expect(await verifier.verify(late)).toMatchObject({ sub: '1' });
    idp.clock.advance(10);
    await expect(verifier.verify(late)).rejects.toMatchObject(invalid);
  });

  it('verifies nothing more after an hour, though its issuer cannot be reached', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    const token = lasting();
    await verifier.verify(token);
    idp.fail();
    for (let minute = 1; minute < 60; minute += 1) {
      idp.clock.advance(60);
      expect(await verifier.verify(token)).toMatchObject({ sub: '1' });
    }
    idp.clock.advance(60);
    await expect(verifier.verify(token)).rejects.toMatchObject(unavailable);
    idp.clock.advance(86_000);
    const early: JwsPart = { ...genuineClaims, exp: genuineClaims.exp + 200_000 };
    await expect(verifier.verify(signedToken({ payload: early }))).rejects.toMatchObject(unavailable);
  });

  it('verifies nothing more when the set was fetched meanwhile for another', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(signedToken());
    idp.publish(jwkOf('k2', attacker.publicKey));
    idp.clock.advance(30);
    await verifier.verify(signedToken({ header: { kid: 'k2' }, key: attacker.privateKey }));
    await expect(verifier.verify(lasting({ x: 'new' }))).rejects.toMatchObject(invalid);
  });
});
