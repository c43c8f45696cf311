/** What `ostiary/express/augment` says of Express' requests. */

import '../../src/express/augment.ts';
import type { Request } from 'express';
import { assertType, describe, expectTypeOf, it } from 'vitest';
import { getAuth, type RequestAuth } from '../../src/express/index.ts';

declare const request: Request;

describe('a request', () => {
  it('may have what a guard found out', () => {
    expectTypeOf(request.auth).toEqualTypeOf<RequestAuth | undefined>();
    expectTypeOf(getAuth(request)).toEqualTypeOf<RequestAuth | undefined>();
    // @ts-expect-error no guard need have run
    request.auth.sub;
  });

  it('may have a user, of the type that the host gives it', () => {
    expectTypeOf(request.user).toEqualTypeOf<Express.User | undefined>();
    assertType<{ user?: Express.User | undefined }>(request);
    // @ts-expect-error a user that is not there is undefined
    request.user = null;
  });
});
