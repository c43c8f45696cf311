import { createServer } from 'node:http';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { RetryError } from '../../src/core/errors.ts';
import { authErrors, jwks } from '../../src/express/index.ts';
import { createJwtVerifier } from '../../src/jwt/index.ts';
import { aliceRow, door } from '../support/door.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { expressVersions } from '../support/passport-app.ts';

const path = '/.well-known/jwks.json';
const keys = [
  { kid: 'new', algorithm: 'ES256', key: keysFor('ES256').privateKey },
  { kid: 'old', algorithm: 'RS256', key: keysFor('RS256').publicKey, use: 'verify' },
  { kid: 'own', algorithm: 'HS256', key: keysFor('HS256').privateKey, use: 'verify' },
] as const;

describe.each(expressVersions)('jwks on Express $version', ({ express }) => {
  const appOf = (auth: Parameters<typeof jwks>[0]) => {
    const app = express();
    app.get(path, jwks(auth));
    app.use(authErrors());
    return app;
  };

  it('answers the public keys, with which others verify', async () => {
    const { auth, clock } = door({ tokens: { keys } });
    const { status, headers, text } = await request(appOf(auth)).get(path).buffer(true).parse(asText);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      ...[200, 'application/jwk-set+json', 'public, max-age=300'],
    ]);
    expect(headers['set-cookie']).toBeUndefined();
    const set = JSON.parse(text) as { keys: { kid: string }[] };
    expect(set.keys.map(({ kid }) => kid)).toEqual(['new', 'old']);
    expect(text).not.toMatch(/"(d|p|q|dp|dq|qi|oth|k)":/);
    const elsewhere = createJwtVerifier({
      ...{
        keys: set.keys.slice(0, 1),
        algorithms: ['ES256'],
        issuer,
        audience: issuer,
        typ: 'at+jwt',
        clock,
      },
    });
    const { accessToken } = await auth.tokens.issue(aliceRow());
    expect(await elsewhere.verify(accessToken)).toMatchObject({ sub: '1' });
  });

  it('answers a HEAD with the headers alone', async () => {
    const { status, headers, text } = await request(appOf(door({ tokens: { keys } }).auth)).head(path);
    expect([status, headers['content-type'], text ?? '']).toEqual([200, 'application/jwk-set+json', '']);
  });

  it('answers no key where there is none', async () => {
    const { text } = await request(appOf(door().auth)).get(path).buffer(true).parse(asText);
    expect(text).toBe('{"keys":[]}');
  });

  it.each([
    [new RetryError('ERR_STATE_UNAVAILABLE', 'down', { retryAfterSeconds: 3 }), 503],
    [new Error('d is 42'), 500],
  ])('hands a fault of a token service of the host’s on: %s', async (fault, expected) => {
    const tokens = { jwks: () => Promise.reject(fault) };
    const app = appOf({ issuer, tokens });
    app.use(((_error, _req, res, _next) =>
      res.status(500).send('failed')) as import('express').ErrorRequestHandler);
    const { status, headers, text } = await request(app).get(path).buffer(true).parse(asText);
    expect(status).toBe(expected);
    expect(headers['cache-control'] ?? 'no-store').toBe('no-store');
    expect(text).not.toContain('42');
  });
});

describe('jwks', () => {
  it('works without Express', async () => {
    const { auth } = door({ tokens: { keys } });
    const handler = jwks(auth);
    const server = createServer((req, res) => handler(req as never, res as never, () => res.end('failed')));
    const { status, text } = await request(server).get('/').buffer(true).parse(asText);
    expect([status, JSON.parse(text).keys.length]).toEqual([200, 2]);
  });
});

/** Supertest parses no such type by itself. */
function asText(
  response: {
    setEncoding(encoding: string): void;
    on(event: string, listener: (data: string) => void): void;
    text?: string;
  },
  done: (error: Error | null, body: string) => void,
): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (data) => {
    text += data;
  });
  response.on('end', () => {
    response.text = text;
    done(null, text);
  });
}
