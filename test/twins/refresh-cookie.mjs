/** The twins of the refresh cookie and of the answers beside it. */

const file = 'src/http/refresh-cookie.ts';
const adapter = 'src/express/refresh-cookie.ts';

const text = ['test/http/refresh-cookie.test.ts'];
const express = ['test/express/refresh-cookie.test.ts'];
const attacks = ['test/attacks/refresh-cookie.test.ts'];

export const refreshCookieTwins = [
  {
    name: 'refresh-cookie-without-same-site',
    why: 'browsers without Sec-Fetch-Site would send it along with requests of other sites',
    file,
    find: "secure ? '; HttpOnly; Secure; SameSite=Lax'",
    replace: "secure ? '; HttpOnly; Secure'",
    tests: text,
  },
  {
    name: 'refresh-cookie-for-scripts',
    why: 'a script in the page would carry the login away',
    file,
    find: "secure ? '; HttpOnly; Secure; SameSite=Lax'",
    replace: "secure ? '; Secure; SameSite=Lax'",
    tests: text,
  },
  {
    name: 'refresh-cookie-of-any-host',
    why: 'a host of the same domain could plant the login of somebody else',
    file,
    find: 'return secure ?',
    replace: 'return false ?',
    tests: attacks,
  },
  {
    name: 'refresh-cookie-sent-by-another-site',
    why: 'a link on another page would use the token up',
    file,
    find: 'refuseCrossSite(request, origins);',
    replace: 'void refuseCrossSite; void origins;',
    tests: attacks,
  },
  {
    name: 'refresh-cookie-first-of-two',
    why: 'whoever plants a second cookie would decide whose login it is',
    file,
    find: 'if (values.size > 1) {',
    replace: 'if (false) {',
    tests: attacks,
  },
  {
    name: 'refresh-cookie-of-any-text',
    why: 'a token with a semicolon would write attributes of its own',
    file,
    find: "if (typeof token === 'string' && /^[\\w.~+/-]+=*$/.test(token)) {",
    replace: "if (typeof token === 'string') {",
    tests: text,
  },
  {
    name: 'refresh-cookie-alone-in-its-header',
    why: 'the cookies that the host sets would be lost',
    file: adapter,
    find: "response.setHeader('Set-Cookie', [...others, text]);",
    replace: "response.setHeader('Set-Cookie', [text]); void others;",
    tests: express,
  },
  {
    name: 'refresh-cookie-twice-in-its-header',
    why: 'what is cleared after it was written would depend on the browser',
    file: adapter,
    find: 'list.filter((each) => !each.startsWith(',
    replace: 'list.filter((each) => each !== (',
    tests: express,
  },
  {
    name: 'refresh-answer-is-kept',
    why: 'a cache on the way would hand a login to the next who asks',
    file: adapter,
    find: "response.setHeader('Cache-Control', 'no-store');",
    replace: '',
    tests: attacks,
  },
  {
    name: 'refresh-cookie-not-secure-unsaid',
    why: 'a setting of development would go into production unseen',
    file: adapter,
    find: 'if (!secure) warnOfPlainCookie();',
    replace: 'void warnOfPlainCookie;',
    tests: express,
  },
  {
    name: 'revocation-of-a-list',
    why: 'a request with two tokens would look like a logout and end nothing',
    file: 'src/http/revocation.ts',
    find: "if (typeof token !== 'string') throw",
    replace: 'if (false) throw',
    tests: ['test/http/revocation.test.ts'],
  },
  {
    name: 'revocation-of-an-inherited-token',
    why: 'a polluted prototype would end logins of others',
    file: 'src/http/revocation.ts',
    find: "const token = ownProperty(fields, 'token');",
    replace: "const token = fields['token']; void ownProperty;",
    tests: ['test/http/revocation.test.ts'],
  },
];
