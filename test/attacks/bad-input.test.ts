/** Input of every wrong kind is refused with a code: never a 500, a hang, or a look-up with an object. */

import { inspect } from 'node:util';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { authErrors, csrf, requireAuth, sessionLogin } from '../../src/express/index.ts';
import { AuthError, type AuthEvent, type AuthEventName, createAuth } from '../../src/index.ts';
import { LocalStrategy, logIn, logOut } from '../../src/passport/index.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { userTable } from '../support/user-table.ts';
import { type WebApp, webApps } from '../support/web-app.ts';

const megabyte = 'x'.repeat(1_000_000);

const nested = (depth: number): unknown => {
  let value: unknown = 'adm';
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
};

const badFields: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['true', true],
  ['zero', 0],
  ['a number', 123],
  ['an empty text', ''],
  ['an empty list', []],
  ['a list of texts', ['adm', 'bob']],
  ['a list with one text', ['123']],
  ['an empty object', {}],
  ['an operator', { $ne: null }],
  ['a regular expression of a database', { $regex: '.*' }],
  ['an object that turns into a text', { toString: 'adm', length: 3 }],
  ['1,000 levels', nested(1000)],
  ['1 MB', megabyte],
  ['a lone surrogate', '\ud800'],
];

/** A refusal of the input: ours, or Passport's text for the same status. */
const refusal = (
  web: WebApp,
  { status, body, text }: { status: number; body: { code?: string }; text: string },
) => ({
  status,
  what: body.code ?? text,
  calls: web.users.calls,
  verified: web.hasher.verified,
});

describe.each(webApps)('the login form with $adapter on Express $version', ({ adapter, make }) => {
  const refused = {
    status: 400,
    what: adapter === 'LocalStrategy' ? 'Bad Request' : 'ERR_INPUT_INVALID',
    calls: [],
    verified: [],
  };

  it.each(badFields)('refuses %s for a name', async (_what, username) => {
    const web = make();
    const answer = await request(web.app).post('/login').send({ username, password: '123' });
    expect(refusal(web, answer)).toEqual(refused);
  });

  it.each(badFields)('refuses %s for a password', async (_what, password) => {
    const web = make();
    const answer = await request(web.app).post('/login').send({ username: 'adm', password });
    expect(refusal(web, answer)).toEqual(refused);
  });

  it.each([['[]'], ['["adm","123"]'], ['{}'], ['{"__proto__":{"username":"adm","password":"123"}}']])(
    'refuses the body %s',
    async (body) => {
      const web = make();
      const answer = await request(web.app).post('/login').type('json').send(body);
      expect(refusal(web, answer)).toEqual(refused);
    },
  );

  it.each([
    ['username=adm&username=bob&password=123'],
    ['username[]=adm&password=123'],
    ['username[$ne]=&password=123'],
    ['username=adm&password[$gt]='],
    ['username=adm&password=a&password=123'],
    [`username=${megabyte}&password=123`],
    [`username=adm&password=${megabyte}`],
    ['username&password'],
    ['%00=%00'],
    ['username=a%0db&password=123'],
  ])('refuses the form %#', async (form) => {
    const web = make();
    const answer = await request(web.app).post('/login').type('form').send(form);
    expect(refusal(web, answer)).toEqual(refused);
  });

  it('refuses a form of 1,000 levels as the parser or we do', async () => {
    const web = make();
    const form = `username${'[a]'.repeat(1000)}=adm&password=123`;
    const answer = await request(web.app).post('/login').type('form').send(form);
    expect([answer.status, web.users.calls]).toEqual([400, []]);
  });

  it.each([
    ['text/plain'],
    ['application/xml'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=x'],
  ])('refuses a body of the type %s', async (type) => {
    const web = make();
    const answer = await request(web.app)
      .post('/login')
      .set('Content-Type', type)
      .send('username=adm&password=123');
    expect([400, 415]).toContain(answer.status);
    expect(web.users.calls).toEqual([]);
  });

  it('lets nothing secret out: not in answers, errors or events', async () => {
    const web = make();
    const heard: AuthEvent[] = [];
    const names: readonly AuthEventName[] = [
      'login.failed',
      'login.succeeded',
      'session.started',
      'session.ended',
    ];
    for (const name of names) web.auth.on(name, (event) => heard.push(event));
    const texts: string[] = [];
    const send = async (username: unknown, password: unknown) => {
      const answer = await request(web.app).post('/login').send({ username, password });
      texts.push(answer.text, inspect(answer.headers));
    };
    await send('adm', 'typed-password');
    await send('typed-as-a-name', 'typed-password');
    await send({ $ne: 'typed-as-a-name' }, ['typed-password']);
    await send(`typed-as-a-name\u0000`, 'typed-password');
    await send('gone', '789');
    await (await web.signedIn()).post('/logout');
    web.state.broken.add('get');
    await send('adm', '123');
    const deep = { depth: 20, showHidden: true, getters: true } as const;
    for (const error of [...web.errors, ...heard]) texts.push(inspect(error, deep), JSON.stringify(error));
    expect(heard.length).toBeGreaterThan(4);
    const all = texts.join('\n');
    for (const secret of ['plain:1:', 'typed-password', 'typed-as-a-name', secretA])
      expect(all).not.toContain(secret);
  });
});

describe('every option of every adapter', () => {
  const auth = createAuth({ users: userTable(), secret: secretA, issuer });
  const bare = { method: 'POST', headers: {}, session: {} };
  const adapters: readonly (readonly [string, readonly string[], (options: never) => unknown])[] = [
    [
      'requireAuth',
      ['role', 'maxAge', 'optional', 'redirectTo', 'origins'],
      (options) => requireAuth(auth, options),
    ],
    ['sessionLogin', ['keep', 'origins'], (options) => sessionLogin(auth, options)],
    ['authErrors', ['view'], (options) => authErrors(options)],
    ['csrf', ['origins'], (options) => csrf(options)],
    [
      'LocalStrategy',
      ['usernameField', 'passwordField', 'name', 'origins'],
      (options) => new LocalStrategy(auth, options),
    ],
    ['logIn', ['keep', 'origins'], (options) => logIn(bare, {}, undefined, options)],
    ['logOut', ['origins'], (options) => logOut(bare, options)],
  ];
  const values = [
    null,
    7,
    -1,
    Number.NaN,
    true,
    [],
    [null],
    {},
    { $ne: null },
    megabyte,
    [megabyte],
    Symbol('x'),
    7n,
  ];
  const cases = adapters.flatMap(([name, options, make]) =>
    options.map((option) => [name, option, make] as const),
  );

  /** Legal values that are among those above. */
  const legal: Readonly<Record<string, readonly unknown[]>> = {
    role: [megabyte, values[10]],
    maxAge: [7],
    optional: [true],
    redirectTo: [megabyte],
    keep: [values[5], values[10]],
    origins: [values[5]],
    view: [megabyte],
    usernameField: [megabyte],
    passwordField: [megabyte],
    name: [megabyte],
  };

  const outcome = async (make: () => unknown): Promise<unknown> => {
    try {
      await make();
      return 'taken';
    } catch (error) {
      return AuthError.is(error, 'ERR_CONFIG_INVALID') ? Reflect.get(error, 'option') : error;
    }
  };

  it.each(cases)('%s refuses every wrong %s and names it', async (name, option, make) => {
    for (const value of values) {
      const told = await outcome(() => make({ [option]: value } as never));
      if (legal[option]?.includes(value) === true) {
        expect(['taken', 'req.session.regenerate']).toContain(told);
      } else {
        expect([inspect(value).slice(0, 20), told]).toEqual([
          inspect(value).slice(0, 20),
          expect.stringMatching(new RegExp(`^${name}\\.${option}(\\.0)?$`)),
        ]);
      }
    }
  });

  it.each(adapters)('%s refuses what is no group of options', async (name, _options, make) => {
    for (const value of [7, 'x', true, [], () => undefined, Symbol('x'), { misspelt: 1 }]) {
      expect(await outcome(() => make(value as never))).toMatch(new RegExp(`^${name}(\\.misspelt)?$`));
    }
  });

  it('holds no value in a message: it may be a secret', async () => {
    for (const [, option, make] of cases) {
      const error = await Promise.resolve()
        .then(() => make({ [option]: ['', 'hunter2'], hunter2: 1 } as never))
        .catch((reason: unknown) => reason);
      expect(String(error).replace('hunter2: is not an option', '').replace('.hunter2', '')).not.toContain(
        'hunter2',
      );
    }
  });
});
