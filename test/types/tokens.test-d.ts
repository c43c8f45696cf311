/** What the compiler refuses, and what it infers, of access tokens. */

import { assertType, describe, expectTypeOf, it } from 'vitest';
import {
  type AccessClaims,
  type AuthUser,
  createAuth,
  type TokenPair,
  type TokenService,
  type UserId,
} from '../../src/index.ts';
import { createKeyRing } from '../../src/jwt/index.ts';

interface Customer {
  readonly customerId: number;
  readonly plan: 'free' | 'paid';
}

declare const row: Customer;
const secret: string | undefined = '';
const issuer = 'https://shop.example';
const users = {
  findById: async (_id: UserId): Promise<Customer | undefined> => row,
  findByIdentifier: async (_mail: string): Promise<Customer | undefined> => row,
  toAuthUser: (customer: Customer): AuthUser => ({ id: customer.customerId, passwordHash: null }),
};
const required = { secret, issuer, users };
const auth = createAuth(required);

describe('auth.tokens', () => {
  it('is a token service for the rows of the host', () => {
    expectTypeOf(auth.tokens).toEqualTypeOf<TokenService<Customer>>();
    expectTypeOf(auth.tokens.issue(row)).resolves.toEqualTypeOf<TokenPair>();
    expectTypeOf(auth.tokens.verify('')).resolves.toEqualTypeOf<AccessClaims>();
    expectTypeOf(auth.tokens.revoke('')).resolves.toBeVoid();
    expectTypeOf(auth.tokens.revokeAll(1n)).resolves.toBeVoid();
    expectTypeOf(auth.tokens.jwks()).resolves.toEqualTypeOf<{ readonly keys: readonly object[] }>();
  });

  it('issues for a row, and takes what it knows', () => {
    const authentication = { methods: ['pwd'], at: 7, gen: null };
    () => auth.tokens.issue(row, { authentication, scope: 'a b', claims: { tenant: 1 }, refresh: false });
    // @ts-expect-error an id is no row
    () => auth.tokens.issue(7);
    // @ts-expect-error a row of another table
    () => auth.tokens.issue({ id: 7 });
    // @ts-expect-error scopes are a text, as in a request
    () => auth.tokens.issue(row, { scope: ['a', 'b'] });
    // @ts-expect-error a misspelt option
    () => auth.tokens.issue(row, { scopes: 'a' });
    // @ts-expect-error the life is the service's own
    () => auth.tokens.issue(row, { expiresIn: 60 });
  });

  it('verifies a text as strictly as it is told', () => {
    () => auth.tokens.verify('', { maxStaleness: '5s', ifStateUnavailable: 'accept' });
    // @ts-expect-error no unit
    () => auth.tokens.verify('', { maxStaleness: '5' });
    // @ts-expect-error no such choice
    () => auth.tokens.verify('', { ifStateUnavailable: 'allow' });
    // @ts-expect-error a header may be missing: ask first
    () => auth.tokens.verify(undefined);
  });

  it('answers claims that nobody changes and that may be missing', async () => {
    const claims = await auth.tokens.verify('');
    assertType<string>(claims.sub);
    expectTypeOf(claims.roles).toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf(claims.auth_time).toEqualTypeOf<number | undefined>();
    expectTypeOf(claims['tenant']).toBeUnknown();
    // @ts-expect-error it is shared by all requests
    claims.sub = '2';
    // @ts-expect-error it may not be there
    assertType<string>(claims.scope);
  });
});

describe('the options of tokens', () => {
  it('are durations, keys and what a client may have', () => {
    const keys = createKeyRing([{ algorithm: 'ES256', key: '' }]);
    () => createAuth({ ...required, audience: 'api', tokens: { keys, clientId: 'web', expiresIn: '15m' } });
    () => createAuth({ ...required, tokens: { keys: [{ algorithm: 'HS256', key: new Uint8Array(32) }] } });
    () => createAuth({ ...required, tokens: { clockTolerance: 30, maxStaleness: '5s' } });
    // @ts-expect-error no unit
    () => createAuth({ ...required, tokens: { expiresIn: '900' } });
    // @ts-expect-error no such algorithm
    () => createAuth({ ...required, tokens: { keys: [{ algorithm: 'none', key: '' }] } });
    // @ts-expect-error a misspelt option
    () => createAuth({ ...required, tokens: { expires: 60 } });
    // @ts-expect-error undefined is not an option's value
    () => createAuth({ ...required, tokens: { keys: undefined } });
  });

  it('know the row that scopes are granted for', () => {
    const tokens = createAuth({
      ...required,
      tokens: {
        scopes: (customer, requested) => {
          expectTypeOf(customer).toEqualTypeOf<Customer>();
          expectTypeOf(requested).toEqualTypeOf<readonly string[]>();
          return customer.plan === 'paid' ? requested : [];
        },
      },
    });
    expectTypeOf(tokens.tokens).toEqualTypeOf<TokenService<Customer>>();
    () => createAuth({ ...required, tokens: { scopes: async () => ['a'] } });
    // @ts-expect-error a text is no list of scopes
    () => createAuth({ ...required, tokens: { scopes: () => 'a b' } });
    // @ts-expect-error the row has no such column
    () => createAuth({ ...required, tokens: { scopes: (customer) => [customer.role] } });
  });
});

describe('a token service of the host’s own', () => {
  const service: TokenService<Customer> = auth.tokens;

  it('takes the place of ours', () => {
    expectTypeOf(createAuth({ ...required, tokenService: service }).tokens).toEqualTypeOf<
      TokenService<Customer>
    >();
  });

  it('has all methods', () => {
    const { revokeAll: _missing, ...rest } = service;
    // @ts-expect-error without revokeAll a sign-out everywhere would end no token
    () => createAuth({ ...required, tokenService: rest });
    const verify = async () => ({ sub: '1' });
    // @ts-expect-error guards go by more than a subject
    () => createAuth({ ...required, tokenService: { ...service, verify } });
  });
});
