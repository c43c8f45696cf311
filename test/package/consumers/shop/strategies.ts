/** The strategies, exported and extended. */

import type { AuthUser } from 'ostiary';
import {
  BearerStrategy,
  fromBearer,
  fromCookie,
  fromHeader,
  type HttpRequest,
  LocalStrategy,
  logIn,
  logOut,
} from 'ostiary/passport';
import { auth, plainAuth } from './auth.js';
import type { Customer } from './customers.js';

export const local = new LocalStrategy(plainAuth, { usernameField: 'mail' });
export const bearer = new BearerStrategy(auth, { from: [fromBearer(), fromHeader('x-access-token')] });
export const inCookie = [fromCookie('token')];
export const signIn = (request: HttpRequest, row: Customer) => logIn(request, row);
export const signOut = (request: HttpRequest) => logOut(request, { origins: [] });

export class ApiStrategy extends BearerStrategy<Customer> {
  override readonly name = 'api';

  constructor() {
    super(auth, { maxStaleness: '5s' });
  }

  toUser(row: Customer): AuthUser {
    return auth.users.toAuthUser(row);
  }
}

export class FormStrategy extends LocalStrategy<Customer> {
  override authenticate(request: HttpRequest & { readonly body?: unknown }): void {
    super.authenticate(request, { session: false });
  }
}

// @ts-expect-error it verifies the password itself
new LocalStrategy((_username: string, _password: string) => undefined);
// @ts-expect-error a misspelt option
new BearerStrategy(auth, { form: fromBearer() });
