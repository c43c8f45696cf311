/** Refusals as problem documents, told from other errors by the class that Nest compares with. */

import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { AuthError } from 'ostiary';
import { authErrors } from 'ostiary/express';

const answer = authErrors();

@Catch(AuthError)
export class AuthErrorFilter implements ExceptionFilter<AuthError> {
  catch(error: AuthError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answer(error, http.getRequest(), http.getResponse<Response>(), (other: unknown) => {
      throw other;
    });
  }
}
