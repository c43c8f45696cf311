/** The Nest host: its module, and what runs before the routes. */

import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import session from 'express-session';
import { BearerStrategy, LocalStrategy, serializeSessions } from 'ostiary/passport';
import passportModule from 'passport';
import { type Door, openDoor } from '../typescript/auth';
import { slowRequest } from '../typescript/slow-request';
import { AccountController } from './account-controller';
import { AuthErrorFilter } from './auth-error-filter';
import { AuthService, DOOR } from './auth-service';
import { PASSPORT, type Passport, SignedInGuard } from './guards';
import { ShopController } from './shop-controller';

@Module({
  controllers: [ShopController, AccountController],
  providers: [
    AuthService,
    SignedInGuard,
    { provide: DOOR, useFactory: openDoor },
    { provide: PASSPORT, useFactory: passportOf, inject: [DOOR] },
  ],
})
class ShopModule {}

function passportOf({ auth }: Door): Passport {
  const passport = new passportModule.Passport();
  passport.use(new LocalStrategy(auth));
  passport.use(new BearerStrategy(auth));
  serializeSessions(passport, auth);
  return passport;
}

async function start(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(ShopModule, { logger: ['error'] });
  const { table } = app.get<Door>(DOOR);
  app.use((_request: Request, _response: Response, next: NextFunction) => {
    table.reads = 0;
    next();
  });
  app.useBodyParser('urlencoded', { extended: false });
  app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }));
  app.use(app.get<Passport>(PASSPORT).session());
  const slow = slowRequest();
  app.use('/slow/begin', slow.begin);
  app.use('/slow/end', slow.end);
  app.useGlobalFilters(new AuthErrorFilter());
  await app.listen(0, '127.0.0.1');
  console.log(`listening on ${await app.getUrl()}`);
  process.stdin.once('end', () => process.exit()).resume();
}

void start();
