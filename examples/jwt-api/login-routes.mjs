/** Signing in, going on, signing out. */

import express, { Router } from 'express';
import { AuthError } from 'ostiary';
import { csrf, getToken } from 'ostiary/express';

const signedOut = { auth: false, token: null };

/**
 * A refresh token goes out the way it comes in: `POST /login` puts it into the answer, and with `{ cookie: true }` into
 * the cookie; `POST /token` puts it to where the last one was.
 */
export function loginRoutes(auth, { signedIn, cookie }) {
  const routes = Router();
  const readJson = express.json();

  // csrf: no other site signs a visitor in, as somebody else.
  routes.post('/login', readJson, csrf(), logIn, refuseLogin);
  routes.post('/token', readJson, refresh);
  routes.post('/logout', readJson, signedIn, logOutWithToken, logOutWithout);
  return routes;

  async function logIn(request, response, next) {
    try {
      const { user, password, cookie: wantsCookie } = request.body ?? {};
      const login = await auth.login({ identifier: user, password }, contextOf(request));
      if (login.status !== 'signed-in') throw new AuthError('ERR_LOGIN_REJECTED', login.status);
      const { authentication } = login;
      // The cookie that is written over it would leave a login behind that nobody can sign out here any more.
      const present = wantsCookie === true ? cookie.read(request) : undefined;
      if (present !== undefined) await auth.tokens.revoke(present);
      const pair = await auth.tokens.issue(login.user, {
        ...contextOf(request),
        authentication,
        refresh: true,
      });
      answer(response, pair, wantsCookie === true);
    } catch (error) {
      next(error);
    }
  }

  async function refresh(request, response, next) {
    try {
      const named = namedToken(request);
      const token = named ?? cookie.read(request);
      if (token === undefined) throw new AuthError('ERR_TOKEN_MISSING', 'the request has no refresh token');
      const pair = await auth.tokens.refresh(token, contextOf(request));
      answer(response, pair, named === undefined);
    } catch (error) {
      // The cookie stays: another tab may have just got the next one.
      next(error);
    }
  }

  function logOutWithToken(request, response, next) {
    logOut([getToken(request)], request, response, next);
  }

  /**
   * Without an access token, or with a bad one, the refresh token still says which login to end. Without that too nothing
   * is ended, and the answer must not say that it was.
   */
  function logOutWithout(error, request, response, next) {
    if (error.status !== 401 || refreshTokensOf(request).length === 0) return next(error);
    logOut([], request, response, next);
  }

  /** Ends the login of each token that is shown: in a header, in the body, in the cookie. */
  async function logOut(accessTokens, request, response, next) {
    try {
      for (const token of [...accessTokens, ...refreshTokensOf(request)]) await auth.tokens.revoke(token);
      // Not before: whoever is told that it is over must not leave a live token behind.
      cookie.clear(response);
      response.json(signedOut);
    } catch (error) {
      next(error);
    }
  }

  function refreshTokensOf(request) {
    return [namedToken(request), cookie.read(request)].filter((token) => token !== undefined);
  }

  function answer(response, { accessToken, expiresIn, refreshToken }, inCookie) {
    const body = { auth: true, token: accessToken, expiresIn };
    if (!inCookie) return response.json({ ...body, refreshToken });
    cookie.write(response, { refreshToken });
    response.json(body);
  }
}

/** What the list of sessions shows of a login, and the limits count by. */
function contextOf(request) {
  return { ip: request.ip, userAgent: request.get('user-agent') };
}

/** The refresh token of a client that keeps it by itself. */
function namedToken(request) {
  const { refreshToken } = request.body ?? {};
  return typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined;
}

/** Why a login failed helps only those who guess: no JSON, or no texts in it, is refused like a wrong password. */
function refuseLogin(error, _request, _response, next) {
  const isNoLogin = error.type === 'entity.parse.failed' || AuthError.is(error, 'ERR_INPUT_INVALID');
  next(isNoLogin ? new AuthError('ERR_LOGIN_REJECTED', 'no login was sent', { cause: error }) : error);
}
