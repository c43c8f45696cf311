/** `ostiary/express/augment`: asked for once, and every file has `req.auth` and `req.user`. */

import 'ostiary/express/augment';
import type { Express as Application } from 'express';
import { getAuth, type RequestAuth, requireAuth } from 'ostiary/express';
import { auth } from '../shop/auth.js';
import type { Customer } from '../shop/customers.js';

declare global {
  namespace Express {
    interface User extends Customer {}
  }
}

export const guard = requireAuth(auth, { loadUser: true });

export function mount(app: Application): void {
  app.get('/mine', guard, (req, res) => {
    const seen: RequestAuth | undefined = req.auth;
    const customer: Customer | undefined = req.user;
    // @ts-expect-error no guard need have run
    void req.auth.sub;
    // @ts-expect-error nor need anybody be signed in
    void req.user.customerId;
    res.json([seen?.sub, customer?.mail, getAuth(req)?.via]);
  });
}
