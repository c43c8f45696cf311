/** The inbox of the development: shows on a page and on the terminal what would be mailed. */

import { Router } from 'express';

/** So many are kept, in memory. */
const size = 50;

export function createInbox() {
  const mails = [];
  const pages = Router();

  pages.get('/inbox', (request, response, next) => {
    if (!isFromThisMachine(request)) return next();
    response.render('inbox', { mails });
  });

  return {
    pages,
    put(mail) {
      mails.unshift({ ...mail, at: new Date() });
      mails.splice(size);
      console.log(`\n--- To: ${mail.to}\n--- Subject: ${mail.subject}\n\n${mail.text}---`);
    },
  };
}

const here = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether it comes from a browser on the machine on which the example runs. Whoever reads the inbox can open every
 * account. So nobody on the network gets it, and no website: one that has its own name resolved to this machine (DNS
 * rebinding) still sends that name as `Host`. Nor does anybody at the other end of a proxy or tunnel that says so in a
 * header. One that only hands on bytes, such as `ssh -R`, looks like a browser here: run none to a port that shows mails.
 */
export function isFromThisMachine({ socket, headers }) {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const isLocal = /^(::1|(::ffff:)?127(\.\d+){3})$/.test(socket.remoteAddress ?? '');
  return isLocal && here.includes(host) && !forwarded.some((name) => headers[name] !== undefined);
}

const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host'];
