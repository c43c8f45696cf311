/** The notifier: writes each message as a mail, and sends it, or puts it into the inbox of the development. */

import { createTransport } from 'nodemailer';
import { mailOf } from './mail-texts.mjs';

/** What `createAuth` takes as `notifier`. With `smtpUrl` mails go out, otherwise into the `inbox`. */
export function mailNotifier({ smtpUrl, from, address, inbox }) {
  const send = smtpUrl === undefined ? inbox.put : bySmtp(smtpUrl, from);
  return {
    async deliver(message) {
      const mail = mailOf(message, address);
      // A later version of ostiary may have further kinds of messages.
      if (mail !== undefined) await send(mail);
    },
  };
}

function bySmtp(smtpUrl, from) {
  const transport = createTransport(smtpUrl, {
    from,
    // Nobody's automatic answer (RFC 3834), and no text that makes the mailer open a file or a website.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // The address as it is, not as a text in which the mailer might find two.
  return ({ to, subject, text }) => transport.sendMail({ to: { name: '', address: to }, subject, text });
}
