/** Sign-up and reset, as a controller. An inbox is what its visitors have at home. */

import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import type { Notification, RegistrationInput, ResetInput, ResetRequestInput, VerifyInput } from 'ostiary';
import type { Door } from '../typescript/auth';
import { DOOR } from './auth-service';

@Controller()
export class AccountController {
  constructor(@Inject(DOOR) private readonly door: Door) {}

  @Post('account')
  @HttpCode(200)
  async register(@Body() body: RegistrationInput): Promise<object> {
    const { status } = await this.door.auth.register(body);
    return { status };
  }

  @Post('account/verify')
  @HttpCode(200)
  async verify(@Body() body: VerifyInput): Promise<object> {
    const { status } = await this.door.auth.emails.verify(body);
    return { status };
  }

  @Post('account/forgotten')
  @HttpCode(204)
  forgotten(@Body() body: ResetRequestInput): Promise<void> {
    return this.door.auth.passwords.requestReset(body);
  }

  @Post('account/reset')
  @HttpCode(204)
  async reset(@Body() body: ResetInput): Promise<void> {
    await this.door.auth.passwords.reset(body);
  }

  @Get('inbox')
  inbox(): Promise<Pick<Notification, 'kind' | 'token'>> {
    return this.door.inbox.next();
  }
}
