/** The routes of a host, as a controller. */

import { Body, Controller, Delete, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import type { TokenPair } from 'ostiary';
import { getAuth, getToken } from 'ostiary/express';
import { logOut } from 'ostiary/passport';
import type { Customer } from '../typescript/customer-table';
import { type SelfTest, selfTest } from '../typescript/self-test';
import { AuthService } from './auth-service';
import { PassportGuard, SignedInGuard } from './guards';

interface Credentials {
  username: string;
  password: string;
}

@Controller()
export class ShopController {
  constructor(private readonly service: AuthService) {}

  @Post('login')
  @HttpCode(200)
  @UseGuards(PassportGuard('local', { session: true }))
  login(@Req() request: Request): object {
    return { user: (request.user as Customer).name };
  }

  @Post('logout')
  @HttpCode(204)
  logout(@Req() request: Request): Promise<void> {
    return logOut(request);
  }

  @Get('private')
  @UseGuards(SignedInGuard)
  private(@Req() request: Request): object {
    return { ...this.orders(request), reads: this.service.door.table.reads };
  }

  @Post('session')
  @HttpCode(204)
  async signIn(@Req() request: Request, @Body() body: Credentials): Promise<void> {
    const { user, authentication } = await this.service.logIn(body);
    await this.service.sessions.signIn(request, user, authentication);
  }

  @Delete('session')
  @HttpCode(204)
  signOut(@Req() request: Request): Promise<void> {
    return this.service.sessions.signOut(request);
  }

  @Post('vouch')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  vouch(@Req() request: Request): Promise<void> {
    return new Promise((resolve, reject) => {
      request.logIn(request.user as Customer, (error: unknown) => (error ? reject(error) : resolve()));
    });
  }

  @Post('token')
  @HttpCode(200)
  async token(@Body() body: Credentials): Promise<TokenPair> {
    const { user, authentication } = await this.service.logIn(body);
    return this.service.door.auth.tokens.issue(user, { authentication });
  }

  @Get('orders')
  @UseGuards(SignedInGuard)
  orders(@Req() request: Request): object {
    const auth = getAuth(request);
    return { via: auth?.via, sub: auth?.sub, amr: auth?.amr };
  }

  @Get('profile')
  @UseGuards(PassportGuard('bearer', { session: false }))
  profile(@Req() request: Request): object {
    const { sub } = request.authInfo as { readonly sub: string };
    return { user: (request.user as Customer).name, sub };
  }

  @Post('revoke')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  revoke(@Req() request: Request): Promise<void> {
    return this.service.door.auth.tokens.revoke(getToken(request));
  }

  @Get('self-test')
  selfTest(): Promise<SelfTest> {
    return selfTest();
  }
}
