/** The cookie of the browser that signed up: with it the link in the mail works there without the password. */

const name = 'device';

/** Scripts never see it, and no page but the one that needs it gets it. */
const attributes = { path: '/users/verify', httpOnly: true, sameSite: 'lax' };

export function keepDeviceToken(response, token, { secure, seconds }) {
  response.cookie(name, token, { ...attributes, secure, maxAge: seconds * 1000 });
}

export function deviceTokenOf(request) {
  const pairs = (request.headers.cookie ?? '').split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

export function forgetDeviceToken(response, { secure }) {
  response.clearCookie(name, { ...attributes, secure });
}
