/** The settings of the example. No other file reads the environment. */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// What the environment has wins over `.env` beside this file, and that over `.env` in the working directory.
for (const file of [fileURLToPath(new URL('.env', import.meta.url)), '.env']) {
  if (existsSync(file)) process.loadEnvFile(file);
}

export const settings = {
  port: readPort(process.env.PORT || '3000'),
  /** A random one is safe, and gone at the next start. */
  authSecret: process.env.AUTH_SECRET || randomBytes(32).toString('base64url'),
  secretIsRandom: !process.env.AUTH_SECRET,
  /** Whether people come over HTTPS: then the refresh cookie goes over nothing else. */
  isHttps: process.env.NODE_ENV === 'production' || /^https:/.test(process.env.BASE_URL ?? ''),
};

function readPort(text) {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  console.error(`PORT must be a whole number from 0 to 65535, and is ${JSON.stringify(text)}.`);
  process.exit(2);
}
