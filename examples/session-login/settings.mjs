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

export const settings = {
  port,
  /** Seconds without a request after which a session ends. */
  sessionMaxAge,
  /** Seconds after which it ends although it is used: 12 hours, or more for those who may be idle for more. */
  sessionAbsolute: Math.max(sessionMaxAge, 12 * 3600),
  authSecret: secret('AUTH_SECRET'),
  sessionSecret: secret('SESSION_SECRET'),
  missingSecrets: ['AUTH_SECRET', 'SESSION_SECRET'].filter((name) => !process.env[name]),
};

function wholeNumber(name, { min, max, fallback }) {
  const text = process.env[name];
  if (!text) return fallback;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  console.error(`${name} must be a whole number from ${min} to ${max}, and is ${JSON.stringify(text)}.`);
  process.exit(2);
}

/** A random one is safe, and gone at the next start. */
function secret(name) {
  return process.env[name] || randomBytes(32).toString('base64url');
}
