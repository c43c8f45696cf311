/** The doorkeeper, as providers: by the class of the service, and by tokens. */

import { Inject, Injectable } from '@nestjs/common';
import { AuthError, type LoginResult } from 'ostiary';
import { type SessionLogin, sessionLogin } from 'ostiary/express';
import type { Door } from '../typescript/auth';
import type { Customer } from '../typescript/customer-table';

export const DOOR = Symbol('door');

type SignedIn = Extract<LoginResult<Customer>, { readonly status: 'signed-in' }>;

@Injectable()
export class AuthService {
  readonly sessions: SessionLogin<Customer>;

  constructor(@Inject(DOOR) readonly door: Door) {
    this.sessions = sessionLogin(door.auth);
  }

  async logIn({ username, password }: { username: string; password: string }): Promise<SignedIn> {
    const result = await this.door.auth.login({ identifier: username, password });
    if (result.status !== 'signed-in') throw new AuthError('ERR_LOGIN_REJECTED', result.status);
    return result;
  }
}
