/** What the compiler refuses, and what it infers, of ostiary/jwt. */

import { createSecretKey, type JsonWebKey, type KeyObject, type webcrypto } from 'node:crypto';
import type { JWK } from 'jose';
import { assertType, describe, expectTypeOf, it } from 'vitest';
import {
  createJwtVerifier,
  createKeyRing,
  type IssueJwtOptions,
  issueJwt,
  type JwtAlgorithm,
  type JwtClaims,
  type JwtKey,
  type JwtVerifier,
  type KeyRing,
  type KeyRingEntry,
  type VerifyJwtOptions,
  verifyJwt,
} from '../../src/jwt/index.ts';

const key: KeyObject = createSecretKey(Buffer.alloc(32, 1));
const names = { issuer: 'https://shop.example', audience: 'https://api.shop.example' };
const verifying = { ...names, keys: key, algorithms: ['HS256'] as const, typ: 'at+jwt' };
const issuing = { ...names, key, algorithm: 'HS256' as const, expiresIn: 60, typ: 'at+jwt' };

describe('a key', () => {
  it('may have every form that hosts have one in', () => {
    assertType<readonly JwtKey[]>(['secret', Buffer.alloc(32), new Uint8Array(32), key]);
    assertType<JwtKey>({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' });
    (jwk: JsonWebKey, ofJose: JWK, web: webcrypto.CryptoKey) =>
      assertType<readonly JwtKey[]>([jwk, ofJose, web]);
  });

  it('is never missing', () => {
    // @ts-expect-error a variable of the environment may be undefined
    (secret: string | undefined) => assertType<JwtKey>(secret);
    // @ts-expect-error no key
    assertType<JwtKey>(null);
  });
});

describe('an algorithm', () => {
  it('is one of the ten, as they are spelt', () => {
    assertType<readonly JwtAlgorithm[]>(['HS256', 'HS384', 'HS512', 'ES256', 'ES384', 'ES512']);
    assertType<readonly JwtAlgorithm[]>(['EdDSA', 'Ed25519', 'RS256', 'PS256']);
    // @ts-expect-error no signature
    assertType<JwtAlgorithm>('none');
    // @ts-expect-error another spelling
    assertType<JwtAlgorithm>('es256');
    // @ts-expect-error any text
    (text: string) => assertType<JwtAlgorithm>(text);
  });
});

describe('a verifier', () => {
  it('needs keys, an issuer, an audience and a kind', () => {
    assertType<VerifyJwtOptions>(verifying);
    const { keys, issuer, audience, typ, ...algorithms } = verifying;
    // @ts-expect-error no keys
    assertType<VerifyJwtOptions>({ ...algorithms, issuer, audience, typ });
    // @ts-expect-error no issuer
    assertType<VerifyJwtOptions>({ ...algorithms, keys, audience, typ });
    // @ts-expect-error no audience
    assertType<VerifyJwtOptions>({ ...algorithms, keys, issuer, typ });
    // @ts-expect-error no kind
    assertType<VerifyJwtOptions>({ ...algorithms, keys, issuer, audience });
  });

  it('takes no variable that may be unset', () => {
    (unset: string | undefined) => {
      // @ts-expect-error an audience that may be undefined
      assertType<VerifyJwtOptions>({ ...verifying, audience: unset });
      // @ts-expect-error an issuer that may be undefined
      assertType<VerifyJwtOptions>({ ...verifying, issuer: unset });
    };
  });

  it('has no switch for what must be checked', () => {
    // @ts-expect-error an option of other libraries
    () => createJwtVerifier({ ...verifying, ignoreExpiration: true });
    // @ts-expect-error a misspelt option
    () => verifyJwt('', { ...verifying, audiences: ['x'] });
    // @ts-expect-error milliseconds
    () => createJwtVerifier({ ...verifying, clockTolerance: '500ms' });
  });

  it('answers claims that nobody changes, of which three are there', () => {
    expectTypeOf(verifyJwt).returns.resolves.toEqualTypeOf<JwtClaims>();
    expectTypeOf(createJwtVerifier(verifying)).toEqualTypeOf<JwtVerifier>();
    (claims: JwtClaims) => {
      expectTypeOf(claims.iss).toEqualTypeOf<string>();
      expectTypeOf(claims.exp).toEqualTypeOf<number>();
      expectTypeOf(claims.aud).toEqualTypeOf<string | readonly string[]>();
      expectTypeOf(claims.sub).toEqualTypeOf<string | undefined>();
      expectTypeOf(claims['anything']).toEqualTypeOf<unknown>();
      // @ts-expect-error shared by many requests
      claims.sub = '2';
    };
  });
});

describe('a ring', () => {
  it('is made of entries, each with its algorithm', () => {
    expectTypeOf(createKeyRing([{ kid: 'a', algorithm: 'HS256', key }])).toEqualTypeOf<KeyRing>();
    assertType<KeyRingEntry>({ algorithm: 'HS256', key, use: 'verify' });
    // @ts-expect-error no algorithm
    assertType<KeyRingEntry>({ kid: 'a', key });
    // @ts-expect-error several algorithms
    assertType<KeyRingEntry>({ kid: 'a', algorithm: ['HS256'], key });
    // @ts-expect-error the use of a JWK
    assertType<KeyRingEntry>({ algorithm: 'HS256', key, use: 'sig' });
  });

  it('is what a verifier takes, without algorithms', () => {
    const keys = createKeyRing([{ kid: 'a', algorithm: 'HS256', key }]);
    assertType<VerifyJwtOptions>({ ...names, keys, typ: 'at+jwt' });
  });
});

describe('issueJwt', () => {
  it('needs to know for whom and for how long', () => {
    assertType<IssueJwtOptions>(issuing);
    expectTypeOf(issueJwt({ sub: 'ann' }, issuing)).resolves.toEqualTypeOf<string>();
    const { expiresIn: _life, ...endless } = issuing;
    // @ts-expect-error a token that lives for ever
    assertType<IssueJwtOptions>(endless);
    // @ts-expect-error a time without a unit
    assertType<IssueJwtOptions>({ ...issuing, expiresIn: '900' });
    // @ts-expect-error several issuers
    assertType<IssueJwtOptions>({ ...issuing, issuer: ['a', 'b'] });
  });
});
