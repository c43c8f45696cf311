import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createJwtVerifier, type RemoteJwksOptions, remoteJwks, verifyJwt } from '../../src/jwt/index.ts';
import { door } from '../support/door.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { jwkOf, publishedSet, setOf, setUrl } from '../support/published-set.ts';
import { audience, genuineClaims, signedToken } from '../support/raw-jws.ts';

const invalid = { code: 'ERR_TOKEN_INVALID' };
const unavailable = { name: 'RetryError', code: 'ERR_STATE_UNAVAILABLE' };
const other = keysFor('ES256', 'other');
const tokenOfOther = () => signedToken({ header: { kid: 'k2' }, key: other.privateKey });
/** Long-lived, so that nothing but its key ends it. */
const lasting = (kid = 'k1') => signedToken({ header: { kid }, claims: { exp: genuineClaims.exp + 86_400 } });

describe('a token of another issuer', () => {
  it('is verified with the key that it names', async () => {
    const idp = publishedSet();
    expect(await idp.verifier().verify(signedToken())).toEqual(genuineClaims);
    expect(await verifyJwt(signedToken(), expectation(idp))).toEqual(genuineClaims);
    expect(idp.asked).toHaveLength(1);
  });

  it.each(['ES384', 'ES512', 'EdDSA', 'Ed25519', 'RS256', 'PS256'] as const)(
    'may be one of %s',
    async (algorithm) => {
      const idp = publishedSet();
      idp.publish({ ...jwkOf('k1', keysFor(algorithm).publicKey), alg: algorithm, use: 'sig' });
      expect(await idp.verifier([algorithm]).verify(signedToken({ algorithm }))).toMatchObject({ sub: '1' });
    },
  );

  it('may be one of the key of our own jwks(), whatever name it has', async () => {
    for (const kid of ['k1', undefined]) {
      const ours = door({
        audience,
        tokens: { keys: [{ ...(kid && { kid }), algorithm: 'ES256', key: other.privateKey }] },
      });
      const idp = publishedSet();
      idp.publish(...(await ours.auth.tokens.jwks()).keys);
      const { accessToken } = await ours.auth.tokens.issue({ key: 1, login: 'a', hash: null });
      expect(await idp.verifier().verify(accessToken)).toMatchObject({ sub: '1' });
    }
  });

  it('is looked at as strictly as one of our own', async () => {
    const verifier = publishedSet().verifier();
    for (const difference of [{ typ: 'JWT' }, { kid: undefined }, { crit: ['b64'] }]) {
      await expect(verifier.verify(signedToken({ header: difference }))).rejects.toMatchObject(invalid);
    }
    await expect(verifier.verify(signedToken({ claims: { aud: 'other' } }))).rejects.toMatchObject(invalid);
    const forged = signedToken({ key: other.privateKey });
    await expect(verifier.verify(forged)).rejects.toMatchObject(invalid);
  });

  it('makes one ordinary request, without anything of the token', async () => {
    const idp = publishedSet();
    await idp.verifier().verify(signedToken());
    const [{ url, request } = { url: '', request: undefined }] = idp.asked;
    expect(url).toBe(setUrl);
    expect(Object.keys(request ?? {}).sort()).toEqual(['headers', 'redirect', 'signal']);
    expect(request).toMatchObject({
      headers: { Accept: 'application/jwk-set+json, application/json' },
      redirect: 'manual',
    });
    expect(Object.keys(request?.headers ?? {})).toEqual(['Accept']);
  });
});

describe('the set', () => {
  it('is fetched when it is first needed, once for all who wait', async () => {
    const idp = publishedSet();
    const [one, two] = [idp.verifier(), idp.verifier(['ES384', 'ES256'])];
    expect(idp.asked).toHaveLength(0);
    const tokens = Array.from({ length: 50 }, (_, index) => signedToken({ claims: { jti: `${index}` } }));
    await Promise.all(tokens.flatMap((token) => [one.verify(token), two.verify(token)]));
    expect(idp.asked).toHaveLength(1);
  });

  it('is taken for the one that is published for ten minutes', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(lasting());
    idp.clock.advance(599);
    await verifier.verify(lasting());
    expect(idp.asked).toHaveLength(1);
    idp.clock.advance(1);
    await verifier.verify(lasting());
    expect(idp.asked).toHaveLength(2);
  });

  it('may be kept for another time', async () => {
    const idp = publishedSet({ cacheMaxAge: '1m', cooldown: 5 });
    const verifier = idp.verifier();
    for (const seconds of [0, 59, 1, 59, 1]) {
      idp.clock.advance(seconds);
      await verifier.verify(lasting());
    }
    expect(idp.asked).toHaveLength(3);
  });

  it('is as old as the request for it, however long the answer took', async () => {
    const idp = publishedSet();
    idp.answer(() => {
      idp.clock.advance(4);
      return setOf(jwkOf('k1'));
    });
    const verifier = idp.verifier();
    await verifier.verify(lasting());
    idp.clock.advance(596);
    await verifier.verify(lasting());
    expect(idp.asked).toHaveLength(2);
  });

  it('is fetched anew when a clock was set back', async () => {
    const idp = publishedSet();
    await idp.verifier().verify(lasting());
    idp.clock.advance(-3600);
    const early = signedToken({ claims: { iat: 0 } });
    await idp.verifier().verify(early);
    expect(idp.asked).toHaveLength(2);
  });

  it('of other keys is read for each list of algorithms', async () => {
    const idp = publishedSet();
    idp.publish(jwkOf('k1'), jwkOf('k1', keysFor('RS256').publicKey));
    expect(await idp.verifier(['RS256']).verify(signedToken({ algorithm: 'RS256' }))).toMatchObject({
      sub: '1',
    });
    expect(await idp.verifier(['ES256']).verify(signedToken())).toMatchObject({ sub: '1' });
    await expect(idp.verifier(['ES256']).verify(signedToken({ algorithm: 'RS256' }))).rejects.toMatchObject(
      invalid,
    );
    expect(idp.asked).toHaveLength(1);
  });
});

describe('a new key', () => {
  it('is found at once by the first token that names it', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(signedToken());
    idp.clock.advance(30);
    idp.publish(jwkOf('k1'), jwkOf('k2', other.publicKey));
    expect(await verifier.verify(tokenOfOther())).toMatchObject({ sub: '1' });
    expect(await verifier.verify(signedToken())).toMatchObject({ sub: '1' });
    expect(idp.asked).toHaveLength(2);
  });

  it('is found when the cooldown is over', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(signedToken());
    idp.publish(jwkOf('k2', other.publicKey));
    idp.clock.advance(29);
    await expect(verifier.verify(tokenOfOther())).rejects.toMatchObject(invalid);
    expect(idp.asked).toHaveLength(1);
    idp.clock.advance(1);
    expect(await verifier.verify(tokenOfOther())).toMatchObject({ sub: '1' });
    expect(idp.asked).toHaveLength(2);
  });

  it('without a name is the only one, or none', async () => {
    const idp = publishedSet();
    idp.publish(jwkOf(undefined));
    expect(await idp.verifier().verify(signedToken({ header: { kid: undefined } }))).toMatchObject({
      sub: '1',
    });
    expect(await idp.verifier().verify(signedToken())).toMatchObject({ sub: '1' });
    idp.publish(jwkOf(undefined), jwkOf('k2', other.publicKey));
    idp.clock.advance(600);
    const token = lasting();
    await expect(idp.verifier().verify(token)).rejects.toMatchObject(invalid);
  });
});

describe('an issuer that cannot be reached', () => {
  it('lets nobody in, and is asked again when the cooldown is over', async () => {
    const idp = publishedSet();
    const fault = new TypeError('fetch failed');
    idp.fail(fault);
    const verifier = idp.verifier();
    const refused = verifier.verify(signedToken());
    await expect(refused).rejects.toMatchObject({ ...unavailable, retryAfterSeconds: 30, cause: fault });
    await expect(refused).rejects.toThrow('the keys of https://idp.example cannot be fetched');
    idp.publish(jwkOf('k1'));
    idp.clock.advance(29);
    await expect(verifier.verify(signedToken())).rejects.toMatchObject({
      ...unavailable,
      retryAfterSeconds: 1,
    });
    expect(idp.asked).toHaveLength(1);
    idp.clock.advance(1);
    expect(await verifier.verify(signedToken())).toMatchObject({ sub: '1' });
  });

  it('does not end its keys for an hour, and is asked once in each cooldown', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(lasting());
    idp.fail();
    idp.clock.advance(600);
    const inAnHour = 3600 - 600;
    for (let second = 0; second < inAnHour; second += 10) {
      expect(await verifier.verify(lasting())).toMatchObject({ sub: '1' });
      idp.clock.advance(10);
    }
    expect(idp.asked).toHaveLength(1 + inAnHour / 30);
    await expect(verifier.verify(lasting())).rejects.toMatchObject(unavailable);
    idp.publish(jwkOf('k1'));
    idp.clock.advance(30);
    expect(await verifier.verify(lasting())).toMatchObject({ sub: '1' });
  });

  it('cannot be asked for an unknown key: that is no refusal of the token', async () => {
    const idp = publishedSet();
    const verifier = idp.verifier();
    await verifier.verify(signedToken());
    idp.fail();
    idp.clock.advance(30);
    for (const _ of [1, 2]) await expect(verifier.verify(tokenOfOther())).rejects.toMatchObject(unavailable);
    expect(idp.asked).toHaveLength(2);
    expect(await verifier.verify(signedToken({ claims: { jti: 'two' } }))).toMatchObject({ sub: '1' });
    idp.publish(jwkOf('k1'));
    idp.clock.advance(30);
    await expect(verifier.verify(tokenOfOther())).rejects.toMatchObject(invalid);
  });

  it('leaves no promise behind that nobody waits for', async () => {
    const unhandled = vi.fn();
    process.once('unhandledRejection', unhandled);
    const idp = publishedSet();
    idp.fail('a text');
    await Promise.allSettled([1, 2, 3].map(() => idp.verifier().verify(signedToken())));
    await new Promise(setImmediate);
    process.removeListener('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('the options', () => {
  const clock = movableClock();

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text that is no address', 'idp.example/jwks.json'],
    ['a path', '/.well-known/jwks.json'],
    ['http', 'http://idp.example/jwks.json'],
    ['http to what begins like this machine', 'http://127.0.0.1.evil.example/jwks.json'],
    ['http to what ends like this machine', 'http://evil.example/localhost'],
    ['http to a subdomain of this machine', 'http://evil.localhost.example/'],
    ['http to another machine nearby', 'http://10.0.0.1/jwks.json'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:application/json,{"keys":[]}'],
    ['javascript', 'javascript:0'],
    ['a password', 'https://user:pass@idp.example/jwks.json'],
    ['a URL object', new URL(setUrl)],
  ])('are refused with %s as the address', (_what, url) => {
    expect(() => remoteJwks(url as string, { clock })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'remoteJwks.url' }),
    );
  });

  it.each([
    'https://idp.example',
    'http://localhost:8080/jwks',
    'http://127.0.0.1/jwks',
    'http://127.9.9.9/',
    'http://[::1]:1/',
  ])('are fine with %s', (url) => {
    expect(remoteJwks(url, { clock }).url).toContain(url);
  });

  it.each<[string, unknown, string]>([
    ['a misspelt one', { cacheMaxage: 1 }, 'cacheMaxage'],
    ['a fetch that is none', { fetch: 'fetch' }, 'fetch'],
    ['no time to be kept', { cacheMaxAge: 0 }, 'cacheMaxAge'],
    ['more than an hour to be kept', { cacheMaxAge: '2h' }, 'cacheMaxAge'],
    ['no cooldown', { cooldown: 0 }, 'cooldown'],
    ['a cooldown longer than it is kept', { cacheMaxAge: 20 }, 'cooldown'],
    ['no time to answer', { timeout: 0 }, 'timeout'],
    ['more than a minute to answer', { timeout: 61 }, 'timeout'],
    ['a time without a unit', { timeout: '5' }, 'timeout'],
    ['a clock that tells no time', { clock: {} }, 'clock.now'],
  ])('are refused with %s', (_what, options, option) => {
    expect(() => remoteJwks(setUrl, options as RemoteJwksOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: `remoteJwks.${option}` }),
    );
  });

  it('of a verifier name the algorithms, and none of a secret', () => {
    const { keys, ...expected } = expectation(publishedSet());
    for (const algorithms of [undefined, [], ['HS256'], ['HS256', 'ES256']]) {
      expect(() => createJwtVerifier({ ...expected, keys, algorithms } as never)).toThrow(
        expect.objectContaining({ option: 'createJwtVerifier.algorithms' }),
      );
    }
  });

  it('of createAuth take no keys of others', () => {
    const { keys } = publishedSet();
    expect(() => door({ tokens: { keys: keys as never } })).toThrow(
      expect.objectContaining({ option: 'tokens.keys' }),
    );
  });

  it('show nothing but the address to those who print it', () => {
    const { keys } = publishedSet();
    expect(Object.isFrozen(keys)).toBe(true);
    expect(inspect(keys, { depth: 9 })).toBe(inspect({ url: setUrl }));
  });
});

describe("Node's fetch", () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const verify = (url: string) =>
    verifyJwt(signedToken(), {
      ...{ keys: remoteJwks(url), algorithms: ['ES256'], issuer, audience, typ: 'at+jwt' },
      clock: movableClock(),
    });

  it('is the default, and brings a set that was moved on its own origin', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { Location: '/new' }).end('moved');
      else
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [jwkOf('k1')] }));
    });
    expect(await verify(`${base}/old`)).toEqual(genuineClaims);
  });

  it('does not follow to another origin', async () => {
    const evil = await serve((_request, response) => response.end(JSON.stringify({ keys: [jwkOf('k1')] })));
    const base = await serve((_request, response) => response.writeHead(302, { Location: evil }).end());
    await expect(verify(base)).rejects.toMatchObject({
      ...unavailable,
      cause: { code: 'REDIRECT_ELSEWHERE' },
    });
  });

  it('stops at 64 KB of what was compressed', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(10_000_000, 32));
    const base = await serve((_request, response) =>
      response.setHeader('Content-Encoding', 'gzip').end(bomb),
    );
    await expect(verify(base)).rejects.toMatchObject({ ...unavailable, cause: { code: 'TOO_LONG' } });
  });

  it('fails where nobody listens', async () => {
    await expect(verify('http://127.0.0.1:1/jwks.json')).rejects.toMatchObject(unavailable);
  });
});

function expectation({ keys, clock }: ReturnType<typeof publishedSet>) {
  return { keys, clock, algorithms: ['ES256'] as const, issuer, audience, typ: 'at+jwt' };
}
