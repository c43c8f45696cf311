/** Drives a running host through every flow. Each step is a line; what a host must answer is in `expected.cjs`. */

'use strict';

const wrong = { username: 'ann', password: 'wrong password' };
const right = { username: 'ann', password: 'right password' };

/** The lines of one walk. */
exports.walk = async (url) => {
  const lines = [];
  const client = (name) => new Client(url, name, lines);
  await passportFlow(client('passport'));
  await sessionFlow(client('session'));
  await tokenFlow(client('token'));
  await accountFlow(client('account'));
  await client('self').get('/self-test');
  return lines;
};

async function passportFlow(browser) {
  await browser.get('/private');
  await browser.form('/login', wrong);
  await browser.form('/login', { ...right, username: 'bob' });
  await browser.get('/private');
  await browser.form('/login', right);
  await browser.get('/private');
  await browser.send('POST', '/logout', { headers: { origin: 'https://evil.example' } });
  await browser.get('/private');
  await besideSlowRequest(browser, () => browser.send('POST', '/logout'));
  browser.cookie = '';
  await browser.json('/login', right);
  await browser.get('/private');
  await besideSlowRequest(browser, () => browser.json('/login', right));
}

async function sessionFlow(browser) {
  await browser.json('/session', wrong);
  await browser.get('/private');
  await browser.json('/session', right);
  await browser.get('/private');
  await besideSlowRequest(browser, () => browser.send('DELETE', '/session'));
  browser.cookie = '';
  await browser.json('/session', right);
  await besideSlowRequest(browser, () => browser.json('/session', right));
  await besideSlowRequest(browser, () => browser.send('POST', '/vouch'));
  await browser.get('/private');
}

/**
 * Ends the session of the browser with `act` while a slow request has it in hand. What that request writes back signed
 * in before, or this would prove nothing; it must not any more, with the cookie of before. Then the browser goes on.
 */
async function besideSlowRequest(browser, act) {
  const { cookie } = browser;
  await browser.send('POST', '/slow/begin');
  await browser.send('POST', '/slow/end');
  await browser.get('/private');
  await act();
  const after = browser.cookie;
  browser.cookie = cookie;
  await browser.get('/private');
  await browser.send('POST', '/slow/end');
  browser.cookie = cookie;
  await browser.get('/private');
  browser.cookie = after;
}

async function tokenFlow(client) {
  await client.get('/orders');
  await client.json('/token', wrong);
  const { accessToken } = await client.json('/token', right);
  await client.get('/orders', accessToken);
  await client.get('/profile', accessToken);
  for (const forged of forgeries(accessToken)) {
    await client.get('/orders', forged);
    await client.get('/profile', forged);
  }
  await client.send('POST', '/revoke', { headers: bearer(accessToken) });
  await client.get('/orders', accessToken);
  await client.get('/profile', accessToken);
}

/** Signs up, proves the address, and forgets the password. */
async function accountFlow(visitor) {
  const [email, password, newPassword] = [
    'eve@mail.example',
    'correct horse battery',
    'staple horse battery',
  ];
  await visitor.json('/account', { email, password: 'passwordpassword' });
  const { status } = await visitor.json('/account', { email, password });
  // Nobody would write.
  if (status !== 'check-inbox') return;
  const { token } = await visitor.get('/inbox');
  await visitor.json('/account/verify', { token });
  await visitor.json('/account/verify', { token, password });
  await visitor.json('/account/verify', { token, password });
  const { accessToken } = await visitor.json('/token', { username: email, password });
  await visitor.get('/orders', accessToken);
  await visitor.json('/account/forgotten', { identifier: email });
  const reset = await visitor.get('/inbox');
  await visitor.json('/account/reset', { token: reset.token, newPassword });
  await visitor.get('/inbox');
  await visitor.get('/orders', accessToken);
  await visitor.json('/token', { username: email, password });
  await visitor.json('/token', { username: email, password: newPassword });
}

/** Another subject under the old signature, and no signature at all. */
function forgeries(token = '') {
  const [header, claims, signature] = token.split('.');
  const payload = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const administrator = encode({ ...payload, sub: '1' });
  return [
    `${header}.${administrator}.${signature}`,
    `${encode({ alg: 'none', typ: 'at+jwt' })}.${administrator}.`,
  ];
}

const bearer = (token) => (token === undefined ? {} : { authorization: `Bearer ${token}` });

/** A browser with one cookie, or a client with a token. */
class Client {
  cookie = '';

  constructor(url, name, lines) {
    Object.assign(this, { url, name, lines });
  }

  get(path, token) {
    return this.send('GET', path, { headers: bearer(token) });
  }

  form(path, fields) {
    return this.send('POST', path, { body: new URLSearchParams(fields) });
  }

  json(path, value) {
    const headers = { 'content-type': 'application/json' };
    return this.send('POST', path, { headers, body: JSON.stringify(value) });
  }

  async send(method, path, { headers = {}, body } = {}) {
    const cookie = this.cookie === '' ? {} : { cookie: this.cookie };
    const response = await fetch(this.url + path, { method, headers: { ...headers, ...cookie }, body });
    this.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.cookie;
    const text = await response.text();
    const answer = isJson(response) ? JSON.parse(text) : {};
    const said = response.ok ? answerLine(answer) : refusalLine(answer);
    const challenge = response.headers.get('www-authenticate');
    const details = [said, challenge].filter((detail) => detail !== null && detail !== '');
    this.lines.push(`${this.name}: ${method} ${path} ${[response.status, ...details].join(' ')}`);
    return answer;
  }
}

const isJson = (response) => /json/.test(response.headers.get('content-type') ?? '');

/** What a host says; of a token only that there is one. */
function answerLine({ accessToken, token, ...said }) {
  if (accessToken !== undefined) return `${said.tokenType} ${said.expiresIn}`;
  return Object.keys(said).length === 0 ? '' : JSON.stringify(said);
}

const refusalLine = ({ code = '', reasons = [] }) => [code, ...reasons].join(' ');
