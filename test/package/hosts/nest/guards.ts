/** `requireAuth` and Passport's strategies as guards. */

import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  mixin,
  type Type,
} from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { requireAuth } from 'ostiary/express';
import type passport from 'passport';
import { AuthService } from './auth-service';

export const PASSPORT = Symbol('passport');
export type Passport = InstanceType<typeof passport.Passport>;

/** Injected by class. */
@Injectable()
export class SignedInGuard implements CanActivate {
  private readonly guard: RequestHandler;

  constructor(service: AuthService) {
    this.guard = requireAuth(service.door.auth);
  }

  canActivate(context: ExecutionContext): Promise<boolean> {
    return passes(this.guard, context);
  }
}

/** A guard for one of Passport's strategies; what Passport would answer by itself becomes an exception. */
export function PassportGuard(strategy: string, options: { readonly session: boolean }): Type<CanActivate> {
  @Injectable()
  class StrategyGuard implements CanActivate {
    constructor(@Inject(PASSPORT) private readonly passport: Passport) {}

    canActivate(context: ExecutionContext): Promise<boolean> {
      return passes(this.passport.authenticate(strategy, { ...options, failWithError: true }), context);
    }
  }
  return mixin(StrategyGuard);
}

function passes(handler: RequestHandler, context: ExecutionContext): Promise<boolean> {
  const http = context.switchToHttp();
  return new Promise((resolve, reject) => {
    handler(http.getRequest<Request>(), http.getResponse<Response>(), (error?: unknown) => {
      if (error === undefined) resolve(true);
      else reject(isPassportFailure(error) ? new HttpException('', error.status) : error);
    });
  });
}

function isPassportFailure(error: unknown): error is { readonly status: number } {
  return error instanceof Error && error.name === 'AuthenticationError';
}
