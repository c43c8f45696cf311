import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secrets } from '../../src/core/secrets.ts';
import { isKeyText } from '../../src/core/weak-secrets.ts';
import { createKeyRing } from '../../src/jwt/index.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';

const pairs: readonly (readonly [string, KeyObject])[] = [
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
  ['EC', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
  ['Ed25519', generateKeyPairSync('ed25519').publicKey],
];

const texts = pairs.flatMap(([kind, key]): (readonly [string, string])[] => {
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const der = key.export({ type: 'spki', format: 'der' });
  const jwk = JSON.stringify(key.export({ format: 'jwk' }));
  return [
    [`the PEM of an ${kind} key`, pem],
    [`the PEM of an ${kind} key behind a letter`, `x${pem}`],
    [`the PEM of an ${kind} key on one line`, pem.replaceAll('\n', '\\n')],
    [`the base64 of the PEM of an ${kind} key`, Buffer.from(pem).toString('base64')],
    [`the PEM of an ${kind} key in UTF-16`, Buffer.from(pem, 'utf16le').toString('latin1')],
    [`the base64 of the DER of an ${kind} key`, der.toString('base64')],
    [`the hex of the DER of an ${kind} key`, der.toString('hex')],
    [`the JWK of an ${kind} key`, jwk],
    [`the base64 of the JWK of an ${kind} key`, Buffer.from(jwk).toString('base64')],
    [`the JWK of an ${kind} key as JavaScript`, jwk.replaceAll('"', "'")],
  ];
});
const ssh = [
  ['an SSH key', `ssh-ed25519 ${'AAAAC3NzaC1lZDI1NTE5AAAAI'.padEnd(68, 'x')} ann@shop`],
  ['an SSH2 key', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2EAAAADAQABAAABAQC'],
] as const;

describe('a key of another kind in the place of a secret', () => {
  it.each([...texts, ...ssh])('is refused: %s', (_what, text) => {
    expect(isKeyText(text)).toBe(true);
    expect(() => new Secrets(text, '')).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
    expect(() => createKeyRing([{ algorithm: 'HS256', key: text }])).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'createKeyRing.0.key' }),
    );
  });

  it.each([
    secretA,
    secretB,
    'a sentence that somebody has made up for this',
    `${'0'.repeat(20)}abcdefghijklm`,
  ])('is not %s', (text) => {
    expect(isKeyText(text)).toBe(false);
  });
});
