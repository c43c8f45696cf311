/** The settings of the example. No other file reads the environment. */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// What the environment has wins over `.env` beside this file, and that over `.env` in the working directory.
for (const file of [fileURLToPath(new URL('.env', import.meta.url)), '.env']) {
  if (existsSync(file)) process.loadEnvFile(file);
}

const port = wholeNumber('PORT', { min: 0, max: 65_535, fallback: 3000 });
const sessionMaxAge = wholeNumber('SESSION_MAX_AGE', { min: 1, max: 30 * 86_400, fallback: 1800 });
// Without them mails would go nowhere, and their links to the machine of whoever reads them.
if (process.env.NODE_ENV === 'production') needed('SMTP_URL', 'BASE_URL');
const baseUrl = url('BASE_URL', 'an address like https://shop.example, without a path', isOrigin);

export const settings = {
  port,
  /** Where people find the example: the links in mails lead there. `undefined`: http://localhost, and the open port. */
  address: baseUrl?.origin,
  /** Seconds without a request after which a session ends. */
  sessionMaxAge,
  /** Seconds after which it ends although it is used: 12 hours, or more for those who may be idle for more. */
  sessionAbsolute: Math.max(sessionMaxAge, 12 * 3600),
  /** Seconds for which a link works that confirms an address. */
  verifyLifetime: 24 * 3600,
  /** The mail server. `undefined`: there is none, and messages go to the inbox of the development. */
  smtpUrl: url('SMTP_URL', 'an address like smtps://mail.shop.example', isMailServer)?.href,
  /** The sender of mails. */
  mailFrom: process.env.MAIL_FROM || `Session login <accounts@${baseUrl?.hostname ?? 'localhost'}>`,
  authSecret: secret('AUTH_SECRET'),
  sessionSecret: secret('SESSION_SECRET'),
  missingSecrets: ['AUTH_SECRET', 'SESSION_SECRET'].filter((name) => !process.env[name]),
};

function wholeNumber(name, { min, max, fallback }) {
  const text = process.env[name];
  if (!text) return fallback;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  refuse(`${name} must be a whole number from ${min} to ${max}, and is ${JSON.stringify(text)}.`);
}

/** The value is not printed: that of a mail server holds a password. */
function url(name, expected, accepts) {
  const text = process.env[name];
  if (!text) return undefined;
  if (URL.canParse(text) && accepts(new URL(text))) return new URL(text);
  refuse(`${name} must be ${expected}.`);
}

function isOrigin({ protocol, href, origin }) {
  return /^https?:$/.test(protocol) && href === `${origin}/`;
}

function isMailServer({ protocol, hostname }) {
  return /^smtps?:$/.test(protocol) && hostname !== '';
}

function needed(...names) {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length === 0) return;
  refuse(
    `Not set: ${missing.join(', ')}. With NODE_ENV=production mails have to go out, with links that lead here: see examples/session-login/.env.example.`,
  );
}

function refuse(problem) {
  console.error(problem);
  process.exit(2);
}

/** A random one is safe, and gone at the next start. */
function secret(name) {
  return process.env[name] || randomBytes(32).toString('base64url');
}
