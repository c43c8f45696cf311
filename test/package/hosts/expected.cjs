/** What every host must answer to `walk.cjs`, line by line. */

'use strict';

const unknown = 'Bearer realm="https://shop.example"';
const invalid = `${unknown}, error="invalid_token"`;
const session = '{"via":"session","sub":"7","amr":["pwd"],"reads":1}';

/** A session that ends beside a slow request: what that writes back signs in before the end, and not after it. */
const endsBesideSlowRequest = (name, end) => [
  `${name}: POST /slow/begin 204`,
  `${name}: POST /slow/end 204`,
  `${name}: GET /private 200 ${session}`,
  `${name}: ${end}`,
  `${name}: GET /private 401 ERR_TOKEN_MISSING ${unknown}`,
  `${name}: POST /slow/end 204`,
  `${name}: GET /private 401 ERR_TOKEN_MISSING ${unknown}`,
];

const lines = [
  `passport: GET /private 401 ERR_TOKEN_MISSING ${unknown}`,
  'passport: POST /login 401',
  'passport: POST /login 401',
  `passport: GET /private 401 ERR_TOKEN_MISSING ${unknown}`,
  'passport: POST /login 200 {"user":"ann"}',
  `passport: GET /private 200 ${session}`,
  'passport: POST /logout 403 ERR_CSRF_REJECTED',
  `passport: GET /private 200 ${session}`,
  ...endsBesideSlowRequest('passport', 'POST /logout 204'),
  'passport: POST /login 200 {"user":"ann"}',
  `passport: GET /private 200 ${session}`,
  ...endsBesideSlowRequest('passport', 'POST /login 200 {"user":"ann"}'),

  'session: POST /session 401 ERR_LOGIN_REJECTED Bearer realm="ostiary"',
  `session: GET /private 401 ERR_TOKEN_MISSING ${unknown}`,
  'session: POST /session 204',
  `session: GET /private 200 ${session}`,
  ...endsBesideSlowRequest('session', 'DELETE /session 204'),
  'session: POST /session 204',
  ...endsBesideSlowRequest('session', 'POST /session 204'),
  ...endsBesideSlowRequest('session', 'POST /vouch 204'),
  // The host vouched for her, and said nothing of how.
  'session: GET /private 200 {"via":"session","sub":"7","amr":[],"reads":1}',

  `token: GET /orders 401 ERR_TOKEN_MISSING ${unknown}`,
  'token: POST /token 401 ERR_LOGIN_REJECTED Bearer realm="ostiary"',
  'token: POST /token 200 Bearer 300',
  'token: GET /orders 200 {"via":"bearer","sub":"7","amr":["pwd"]}',
  'token: GET /profile 200 {"user":"ann","sub":"7"}',
  // Another subject under the old signature, then no signature.
  `token: GET /orders 401 ERR_TOKEN_INVALID ${invalid}`,
  `token: GET /profile 401 ${invalid}`,
  `token: GET /orders 401 ERR_TOKEN_INVALID ${invalid}`,
  `token: GET /profile 401 ${invalid}`,
  'token: POST /revoke 204',
  `token: GET /orders 401 ERR_TOKEN_REVOKED ${invalid}`,
  `token: GET /profile 401 ${invalid}`,

  'account: POST /account 422 ERR_ACCOUNT_PASSWORD_UNACCEPTABLE too-common',
  'account: POST /account 200 {"status":"check-inbox"}',
  'account: GET /inbox 200 {"kind":"verify-email"}',
  // The link came to another browser than the one that signed up.
  'account: POST /account/verify 200 {"status":"password-required"}',
  'account: POST /account/verify 200 {"status":"verified"}',
  'account: POST /account/verify 400 ERR_ACCOUNT_LINK_INVALID',
  'account: POST /token 200 Bearer 300',
  'account: GET /orders 200 {"via":"bearer","sub":"8","amr":["pwd"]}',
  'account: POST /account/forgotten 204',
  'account: GET /inbox 200 {"kind":"reset-password"}',
  'account: POST /account/reset 204',
  'account: GET /inbox 200 {"kind":"password-changed"}',
  `account: GET /orders 401 ERR_TOKEN_REVOKED ${invalid}`,
  'account: POST /token 401 ERR_LOGIN_REJECTED Bearer realm="ostiary"',
  'account: POST /token 200 Bearer 300',
];

const selfTest = (hashers) =>
  `self: GET /self-test 200 ${JSON.stringify({ jwt: ['ann', 'ERR_TOKEN_INVALID'], hashers })}`;

exports.expected = [
  ...lines,
  selfTest(['scrypt true false', 'bcrypt true false', 'scrypt+bcrypt true false']),
];

/** Of a host that may not start threads. */
exports.expectedOfScrypt = [...lines, selfTest(['scrypt true false', 'scrypt true false'])];
