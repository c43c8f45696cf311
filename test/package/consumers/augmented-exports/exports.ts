/** What is exported of augmented requests without saying its type. */

import 'ostiary/express/augment';
import type { Request } from 'express';

export const found = (req: Request) => req.auth;
export const row = (req: Request) => req.user;
