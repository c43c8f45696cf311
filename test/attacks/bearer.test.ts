/** What a client may send in the place of a token, to a guard and to the strategy. */

import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { fromBearer, fromCookie, fromHeader } from '../../src/express/index.ts';
import { issuer } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { guardedPaths, shown, type TokenApp, tokenApp } from '../support/token-app.ts';

const realm = `Bearer realm="${issuer}"`;
const servers: Server[] = [];

/** The answer to lines as they go over the wire: Node's own client would refuse to send most of them. */
async function overTheWire(app: TokenApp['app'], path: string, lines: readonly string[]): Promise<string> {
  const server = createServer({ maxHeaderSize: 256 * 1024 }, app);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        Buffer.from(
          [`GET ${path} HTTP/1.1`, 'Host: shop.example', 'Connection: close', ...lines, '', ''].join('\r\n'),
          'latin1',
        ),
      );
    });
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

const statusOf = (answer: string) => Number(answer.split(' ')[1]);
const challengeOf = (answer: string) => /^WWW-Authenticate: (.*)\r$/im.exec(answer)?.[1];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe.each(
  expressVersions.flatMap(({ version, express }) => guardedPaths.map((path) => ({ version, express, path }))),
)('a header on Express $version at $path', ({ express, path }) => {
  const from = [fromBearer(), fromHeader('x-access-token'), fromCookie('token')];
  const make = (optional = false) => tokenApp(express, { guards: [{ from, optional }], strategy: { from } });

  const malformed = [
    'Bearer',
    'Bearer ',
    'Bearer  TOKEN',
    'Bearer\tTOKEN',
    'Bearer \tTOKEN',
    'Bearer %E0%A4%A',
    'Bearer TOKEN x',
    'Bearer TOKEN,',
    'Bearer TOKEN, Bearer TOKEN',
    'Bearer,TOKEN',
    'Bearer:TOKEN',
    'Bearer=TOKEN',
    'Bearer "TOKEN"',
    'Bearer token=TOKEN',
    'Bearer TOKEN=',
    'Bearer =TOKEN',
    'Bearer .TOKEN',
    'Bearer TOKEN.',
    'Bearer TOKEN\xa0',
    'Bearer \xe9',
    'Bearer null',
    'Bearer undefined',
    'Bearer [object Object]',
    'Bearer {"payload":"e30","signatures":[{"protected":"e30","signature":"e30"}]}',
    `Bearer ${'x'.repeat(64 * 1024)}`,
    `Bearer ${'.'.repeat(64 * 1024)}`,
    `Bearer TOKEN${' '.repeat(8)}x`,
    'Bearer __proto__',
  ];
  it.each(malformed.map((template) => [JSON.stringify(template).slice(0, 60), template]))(
    'is refused and nobody is let in: %s',
    async (_title, template) => {
      for (const optional of [false, true]) {
        const made = make(optional);
        const sent = `Authorization: ${template.replaceAll('TOKEN', await made.token())}`;
        const answer = await overTheWire(made.app, path, [sent]);
        expect([statusOf(answer), challengeOf(answer)]).toEqual([401, `${realm}, error="invalid_token"`]);
        expect(
          made.errors.every((error) => Reflect.get(Object(error) as object, 'code') === 'ERR_TOKEN_INVALID'),
        ).toBe(true);
        // Whatever it was, the next request is served.
        expect((await made.ask(shown(await made.token()), { path })).status).toBe(200);
      }
    },
  );

  it.each([['Bearer TOKEN'], ['bearer TOKEN'], ['BEARER TOKEN'], ['Bearer TOKEN  '], ['  Bearer TOKEN']])(
    'is a token for everybody who reads RFC 9110: %j',
    async (template) => {
      const { app, token } = make();
      const answer = await overTheWire(app, path, [
        `Authorization: ${template.replace('TOKEN', await token())}`,
      ]);
      expect(statusOf(answer)).toBe(200);
    },
  );

  it.each([['Basic YTpi'], ['Digest x'], ['DPoP TOKEN'], ['Bearers TOKEN'], ['TOKEN'], ['']])(
    'of another scheme is no token: %j',
    async (template) => {
      const { app, token } = make();
      const answer = await overTheWire(app, path, [
        `Authorization: ${template.replace('TOKEN', await token())}`,
      ]);
      expect([statusOf(answer), challengeOf(answer)]).toEqual([401, realm]);
    },
  );

  it.each([
    ['two tokens', ['Authorization: Bearer ONE', 'Authorization: Bearer TWO'], 400],
    ['two tokens in the other order', ['authorization: Bearer TWO', 'AUTHORIZATION: Bearer ONE'], 400],
    ['a token and a broken one', ['Authorization: Bearer ONE', 'Authorization: Bearer'], 400],
    ['a broken token and one', ['Authorization: Bearer x', 'Authorization: Bearer ONE'], 400],
    ['one token twice', ['Authorization: Bearer ONE', 'Authorization: Bearer ONE'], 200],
    ['two schemes', ['Authorization: Basic YTpi', 'Authorization: Bearer ONE'], 200],
    ['two headers of the host', ['X-Access-Token: ONE', 'X-Access-Token: TWO'], 400],
    ['one header of the host twice', ['X-Access-Token: ONE', 'x-access-token: ONE'], 200],
    ['two cookies', ['Cookie: token=ONE', 'Cookie: token=TWO'], 400],
    ['two cookies in one header', ['Cookie: token=ONE; token=TWO'], 400],
    ['one cookie twice', ['Cookie: token=ONE; token="ONE"'], 200],
    ['a header and a cookie', ['Authorization: Bearer ONE', 'Cookie: token=TWO'], 400],
    ['a header and the same cookie', ['Authorization: Bearer ONE', 'Cookie: token=ONE'], 200],
    ['three places', ['Authorization: Bearer ONE', 'X-Access-Token: ONE', 'Cookie: token=TWO'], 400],
    ['an empty header of the host', ['X-Access-Token:', 'Authorization: Bearer ONE'], 200],
    ['an empty cookie', ['Cookie: token=', 'Authorization: Bearer ONE'], 200],
  ])('that comes with another is not chosen from: %s', async (_what, templates, status) => {
    const { app, token } = make(true);
    const [one, two] = [await token(1), await token(2)];
    const lines = templates.map((line) => line.replace(/ONE|TWO/g, (name) => (name === 'ONE' ? one : two)));
    expect(statusOf(await overTheWire(app, path, lines))).toBe(status);
  });
});

describe.each(expressVersions)('a request on Express $version', ({ express }) => {
  it('is told that it has two tokens (RFC 6750 §3.1)', async () => {
    const from = [fromBearer(), fromHeader('x-access-token')];
    const { ask, token } = tokenApp(express, { guards: [{ from, optional: true }] });
    const headers = { ...shown(await token(1)), 'x-access-token': await token(2) };
    const { status, headers: told, body } = await ask(headers);
    expect([status, told['www-authenticate'], body.code]).toEqual([
      400,
      `${realm}, error="invalid_request"`,
      'ERR_REQUEST_AMBIGUOUS',
    ]);
  });

  it.each(guardedPaths)('has no token in its URL or in its body, at %s', async (path) => {
    const made = tokenApp(express);
    const token = await made.token();
    const fields = Object.fromEntries(
      ['access_token', 'token', 'authorization', 'x-access-token', 'id_token'].map((name) => [name, token]),
    );
    const send = (headers: object) =>
      request(made.app)
        .post(path)
        .query(fields)
        .set({ ...headers })
        .type('form')
        .send(fields);
    const { status, headers } = await send({});
    expect([status, headers['www-authenticate']]).toEqual([401, realm]);
    // Beside a header they are no second token either: nobody reads them.
    expect((await send(shown(await made.token()))).status).toBe(200);
  });

  it('never shows its token in an answer, in an error or in an event', async () => {
    const made = tokenApp(express, { guards: [{ scope: 'read' }] });
    const token = await made.token();
    await made.auth.tokens.revoke(await made.token());
    const texts: string[] = [];
    for (const headers of [shown(token), shown(`${token}x`), shown(`${token} x`), shown('x'.repeat(100))]) {
      const { text, headers: told } = await made.ask(headers);
      texts.push(text, JSON.stringify(told));
    }
    const said = [
      ...texts,
      JSON.stringify(made.events),
      ...made.errors.map((error) => `${(error as Error).stack}`),
    ];
    for (const part of [...token.split('.'), 'x'.repeat(100)]) expect(said.join('\n')).not.toContain(part);
  });
});
