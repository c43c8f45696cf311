import { describe, expect, it } from 'vitest';
import { jwtAlgorithms } from '../../src/jwt/algorithms.ts';
import { createKeyRing, type KeyRing, keysOf } from '../../src/jwt/key-ring.ts';
import { readExpectation } from '../../src/jwt/verify-options.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience } from '../support/raw-jws.ts';

const { publicKey, privateKey } = keysFor('ES256');
const good = { keys: publicKey, algorithms: ['ES256'], issuer, audience, typ: 'at+jwt' };
const read = (changes: object = {}) => readExpectation({ ...good, ...changes }, 'verify');
const namesOf = (expectation: ReturnType<typeof read>) =>
  keysOf(expectation.ring as KeyRing).map(({ kid, algorithm }) => `${kid} ${algorithm}`);

// What is refused is in test/attacks/jwt-keys.test.ts.
describe('readExpectation', () => {
  it('asks for issuer, audience and end, no tolerance, and the real time', () => {
    expect(read()).toMatchObject({
      ...{ issuers: [issuer], audiences: [audience], required: ['iss', 'aud', 'exp'], typ: 'at+jwt' },
      ...{ toleranceSeconds: 0, clock: Date },
    });
  });

  it('asks for further claims, and takes lists, durations and a clock', () => {
    const clock = movableClock();
    const lists = {
      issuer: [issuer, 'b'],
      audience: ['a', 'b'],
      requiredClaims: ['sub'],
      clockTolerance: '30s',
    };
    expect(read({ ...lists, clock })).toMatchObject({
      ...{ issuers: [issuer, 'b'], audiences: ['a', 'b'], required: ['iss', 'aud', 'exp', 'sub'] },
      ...{ toleranceSeconds: 30, clock },
    });
  });

  it.each([
    ['JWT', 'jwt'],
    ['application/at+jwt', 'at+jwt'],
    ['AT+JWT', 'at+jwt'],
    ['invite.v2+jwt', 'invite.v2+jwt'],
  ])('compares the kind %s without case and tree', (typ, expected) => {
    expect(read({ typ }).typ).toBe(expected);
  });

  it('is not changed by what happens to its lists', () => {
    const lists = { issuer: [issuer], audience: [audience], requiredClaims: ['sub'] };
    const expectation = read(lists);
    for (const list of Object.values(lists)) list.push('later');
    expect(expectation).toMatchObject({
      ...{ issuers: [issuer], audiences: [audience], required: ['iss', 'aud', 'exp', 'sub'] },
    });
  });
});

describe('the option keys', () => {
  it.each(jwtAlgorithms)('takes one key for %s', (algorithm) => {
    const keys = keysFor(algorithm).publicKey;
    expect(namesOf(read({ keys, algorithms: [algorithm] }))).toEqual([`undefined ${algorithm}`]);
  });

  it('takes keys with names, each with the algorithm that it fits', () => {
    const jwk = (algorithm: 'ES256' | 'ES384', kid: string) => ({
      ...{ ...keysFor(algorithm).publicKey.export({ format: 'jwk' }), kid },
    });
    const keys = [jwk('ES256', 'a'), jwk('ES384', 'b')];
    expect(namesOf(read({ keys, algorithms: ['ES384', 'ES256'] }))).toEqual(['a ES256', 'b ES384']);
  });

  it('takes one key under both names of its algorithm (RFC 9864 §2.2)', () => {
    const keys = keysFor('EdDSA').publicKey;
    expect(namesOf(read({ keys, algorithms: ['EdDSA', 'Ed25519'] }))).toEqual([
      ...['undefined EdDSA', 'undefined Ed25519'],
    ]);
  });

  it('takes keys with names under both names of their algorithm', () => {
    const keys = (['one', 'other'] as const).map((kid) => ({
      ...{ ...keysFor('EdDSA', kid).publicKey.export({ format: 'jwk' }), kid },
    }));
    const names = namesOf(read({ keys, algorithms: ['EdDSA', 'Ed25519'] }));
    expect(names).toEqual(['one EdDSA', 'one Ed25519', 'other EdDSA', 'other Ed25519']);
  });

  it('signs with none of them', () => {
    const [key] = keysOf(read({ keys: privateKey }).ring as KeyRing);
    expect(key?.signing).toBeUndefined();
  });

  it('takes a ring as it is, or only its keys of some algorithms', () => {
    const ring = createKeyRing([
      { kid: 'a', algorithm: 'ES256', key: publicKey },
      { kid: 'b', algorithm: 'HS256', key: keysFor('HS256').publicKey },
      { kid: 'c', algorithm: 'ES384', key: keysFor('ES384').publicKey },
    ]);
    expect(read({ keys: ring, algorithms: undefined }).ring).toBe(ring);
    expect(namesOf(read({ keys: ring, algorithms: ['ES256'] }))).toEqual(['a ES256']);
    expect(namesOf(read({ keys: ring, algorithms: ['ES384', 'ES256'] }))).toEqual(['a ES256', 'c ES384']);
  });
});
