/** The texts of the mails. */

const site = 'Session login';

/** What a mail says, by the kind of the message: its subject, and its paragraphs after the salutation. */
const texts = {
  'verify-email': ({ url, lifetime }) => [
    'Confirm your e-mail address',
    `somebody, most likely you, has opened an account with this address at ${site}. To confirm that the address is yours, open this page and press the button on it:`,
    url,
    `The link works for ${lifetime}.`,
    'If it was not you, do nothing: nobody can sign in to the account before the address is confirmed.',
  ],
  'reset-password': ({ url, lifetime }) => [
    'Choose a new password',
    `somebody, most likely you, has asked for a new password for your account at ${site}. Choose it on this page:`,
    url,
    `The link works once, for ${lifetime}.`,
    'If it was not you, do nothing: your password stays as it is.',
  ],
  'change-email': ({ url, lifetime }) => [
    'Confirm your new e-mail address',
    `your account at ${site} is to have this address from now on. To confirm it, open this page and press the button on it:`,
    url,
    `The link works once, for ${lifetime}.`,
    'If you know nothing of this, do nothing: somebody has mistyped an address, and without the button nothing happens.',
  ],
  'already-registered': ({ address }) => [
    'You have an account already',
    `somebody, most likely you, has entered this address at ${site} for an account. It has one already. Sign in here:`,
    `${address}/login`,
    `If you have forgotten the password, choose a new one: ${address}/users/forgot`,
    'If it was not you, do nothing: nothing has changed, and whoever it was has not learnt that you have an account.',
  ],
  'password-changed': ({ address }) => [
    'Your password has been changed',
    `the password of your account at ${site} has been changed, and all browsers are signed out except the one in which it was done.`,
    `If it was not you, choose a new password at once: ${address}/users/forgot`,
  ],
  'email-changed': () => [
    'Your e-mail address has been changed',
    `your account at ${site} has another e-mail address now, and this is the last mail to this one.`,
    'If it was not you, answer this mail at once.',
  ],
  'account-closed': () => [
    'Your account has been closed',
    `your account at ${site} has been closed, and everything in it deleted.`,
    'If it was not you, answer this mail at once.',
  ],
};

/**
 * The mail of a message, or `undefined` when its kind is unknown. Of the row only the name is read, and stands in no mail
 * to an address that nobody has proven: the forms would send what a stranger types as a name to anybody.
 */
export function mailOf({ kind, to, user, url, lifetimeSeconds }, address) {
  if (!Object.hasOwn(texts, kind)) return undefined;
  const [subject, ...paragraphs] = texts[kind]({ url, address, lifetime: inWords(lifetimeSeconds) });
  const isProven = user.verified && kind !== 'verify-email' && kind !== 'change-email';
  const greeting = isProven ? `Hello ${user.name},` : 'Hello,';
  const text = [greeting, ...paragraphs, site].join('\n\n');
  return { to, subject: `${site}: ${subject}`, text: `${text}\n`, url };
}

/** Half an hour is `30 minutes`, a day `24 hours`. */
function inWords(seconds = 0) {
  return seconds % 3600 === 0 && seconds > 3600
    ? `${seconds / 3600} hours`
    : `${Math.round(seconds / 60)} minutes`;
}
