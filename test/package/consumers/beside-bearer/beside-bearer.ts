/** Beside express-oauth2-jwt-bearer, which types `req.auth` for the whole program. */

import express from 'express';
import { type AuthResult, auth as oauth, requiredScopes } from 'express-oauth2-jwt-bearer';
import { authErrors, getAuth, getToken, requireAuth } from 'ostiary/express';
import { auth } from '../shop/auth.js';

export const guard = requireAuth(auth);
export const app = express();
app.get('/theirs', oauth({ issuerBaseURL: 'https://id.example' }), requiredScopes('read'), (req, res) => {
  const found: AuthResult | undefined = req.auth;
  res.json(found?.payload.sub);
});
app.get('/ours', guard, (req, res) => void res.json(getAuth(req)?.sub));
app.post('/logout', guard, (req, res, next) => {
  auth.tokens.revoke(getToken(req)).then(() => res.sendStatus(204), next);
});
app.use(authErrors());
