/** Sign-up and reset in a JavaScript host. An inbox is what its visitors have at home. */

'use strict';

exports.accountRoutes = (app, { auth, inbox }) => {
  const post = (path, act) =>
    app.post(path, (req, res, next) => {
      act(req.body).then((answer) => (answer === undefined ? res.sendStatus(204) : res.json(answer)), next);
    });
  post('/account', (body) => auth.register(body).then(({ status }) => ({ status })));
  post('/account/verify', (body) => auth.emails.verify(body).then(({ status }) => ({ status })));
  post('/account/forgotten', (body) => auth.passwords.requestReset(body));
  post('/account/reset', (body) => auth.passwords.reset(body).then(() => undefined));
  app.get('/inbox', (_req, res, next) => {
    inbox.next().then(({ kind, token }) => res.json({ kind, token }), next);
  });
};
