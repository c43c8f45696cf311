/** The types that are exported and that the other files do not name. */

import type * as ostiary from 'ostiary';
import type * as express from 'ostiary/express';
import type * as hashers from 'ostiary/hashers';
import type * as jwt from 'ostiary/jwt';
import type * as passport from 'ostiary/passport';
import type { MemoryStateOptions } from 'ostiary/stores/memory';
import type { Customer, Customers } from './customers.js';

export interface OfTheFlows {
  readonly services: ostiary.AccountServices<Customer, 'create'>;
  readonly breached: ostiary.BreachedPasswords;
  readonly changed: ostiary.ChangedPassword<Customer>;
  readonly close: ostiary.CloseInput<Customer>;
  readonly confirmChange: ostiary.ConfirmChangeInput<Customer>;
  readonly console: ostiary.ConsoleNotifierOptions;
  readonly emailChange: ostiary.EmailChangeInput<Customer>;
  readonly emails: ostiary.Emails<Customer, 'replaceEmail'>;
  readonly links: ostiary.LinkOptions;
  readonly linkFailure: ostiary.LinkFailure;
  readonly linkPurpose: ostiary.LinkPurpose;
  readonly newUser: ostiary.NewUser;
  readonly kind: ostiary.NotificationKind;
  readonly message: ostiary.Notification<Customer>;
  readonly notifier: ostiary.Notifier<Customer>;
  readonly obstacle: ostiary.NotificationObstacle;
  readonly options: ostiary.PasswordOptions;
  readonly passwordChange: ostiary.PasswordChangeInput<Customer>;
  readonly passwords: ostiary.Passwords<Customer, 'updatePasswordHash'>;
  readonly profile: ostiary.Profile;
  readonly pwned: ostiary.PwnedPasswordsOptions;
  readonly range: ostiary.RangeResponse;
  readonly reason: ostiary.PasswordReason;
  readonly registered: ostiary.RegisterResult<Customer>;
  readonly registration: ostiary.RegistrationInput;
  readonly reset: ostiary.ResetInput;
  readonly resetRequest: ostiary.ResetRequestInput;
  readonly use: ostiary.PasswordUse;
  readonly verification: ostiary.VerificationRequestInput<Customer>;
  readonly verify: ostiary.VerifyInput;
  readonly verified: ostiary.VerifyResult<Customer>;
}

export interface OfOstiary {
  readonly accounts: ostiary.Accounts<Customer, 'setStatus'>;
  readonly claims: ostiary.AccessClaims;
  readonly core: ostiary.AuthCore<Customer>;
  readonly code: ostiary.AuthErrorCode;
  readonly event: ostiary.AuthEvent;
  readonly details: ostiary.AuthEventDetails['login.failed'];
  readonly listener: ostiary.AuthEventListener<'login.failed'>;
  readonly name: ostiary.AuthEventName;
  readonly options: ostiary.AuthOptions<Customer, Customers>;
  readonly authentication: ostiary.Authentication;
  readonly capabilities: ostiary.CapabilitiesOf<Customers>;
  readonly capability: ostiary.Capability;
  readonly classify: ostiary.ClassifyIdentifier;
  readonly clock: ostiary.Clock;
  readonly duration: ostiary.Duration;
  readonly failure: ostiary.LoginFailure;
  readonly grant: ostiary.GrantScopes<Customer>;
  readonly hasher: ostiary.PasswordHasher;
  readonly identifier: ostiary.Identifier;
  readonly input: ostiary.LoginInput;
  readonly issue: ostiary.IssueOptions;
  readonly legacy: ostiary.LegacyTokens;
  readonly legacyClaims: ostiary.LegacyClaims;
  readonly listed: ostiary.ListedSession;
  readonly life: ostiary.RefreshLife;
  readonly missing: ostiary.NeedsUserStoreMethod<'setStatus'>;
  readonly obstacle: ostiary.RehashObstacle;
  readonly origin: ostiary.EventOrigin;
  readonly pair: ostiary.TokenPair;
  readonly refresh: ostiary.RefreshOptions;
  readonly context: ostiary.RequestContext;
  readonly result: ostiary.LoginResult<Customer>;
  readonly resumed: ostiary.ResumedSession<Customer>;
  readonly session: ostiary.SessionOptions;
  readonly sessionKind: ostiary.SessionKind;
  readonly sessions: ostiary.Sessions<Customer>;
  readonly stamp: ostiary.SessionStamp;
  readonly state: ostiary.StateStore;
  readonly tokens: ostiary.TokenOptions<Customer>;
  readonly service: ostiary.TokenService<Customer>;
  readonly verify: ostiary.VerifyOptions;
}

export interface OfExpress {
  readonly errors: express.AuthErrorsOptions;
  readonly bearer: express.BearerOptions;
  readonly cookie: express.RefreshCookie;
  readonly cookieOptions: express.RefreshCookieOptions;
  readonly cookieResponse: express.CookieResponse;
  readonly csrf: express.CsrfOptions;
  readonly errorMiddleware: express.ErrorMiddleware;
  readonly auth: express.GuardAuth<Customer>;
  readonly session: express.HostSession;
  readonly request: express.HttpRequest;
  readonly response: express.HttpResponse;
  readonly login: express.SessionLogin<Customer>;
  readonly loginOptions: express.SessionLoginOptions;
  readonly middleware: express.Middleware;
  readonly negotiating: express.NegotiatingRequest;
  readonly next: express.Next;
  readonly problem: express.Problem;
  readonly read: express.ReadToken;
  readonly found: express.RequestAuth;
  readonly sessionAuth: express.SessionAuth<Customer>;
  readonly place: express.TokenPlace;
  readonly verifier: express.TokenVerifier;
}

export interface OfPassport {
  readonly bearer: passport.BearerOptions;
  readonly strategy: passport.BearerStrategyOptions;
  readonly request: passport.HttpRequest;
  readonly local: passport.LocalStrategyOptions;
  readonly logIn: passport.LogInOptions;
  readonly logOut: passport.LogOutOptions;
  readonly login: passport.LoginAuth<Customer>;
  readonly sessions: passport.PassportSessions;
  readonly read: passport.ReadToken;
  readonly body: passport.RequestWithBody;
  readonly sessionAuth: passport.SessionAuth<Customer>;
  readonly token: passport.TokenAuth<Customer>;
  readonly place: passport.TokenPlace;
  readonly verifier: passport.TokenVerifier;
}

export interface OfTheRest {
  readonly bcrypt: hashers.BcryptOptions;
  readonly scrypt: hashers.ScryptOptions;
  readonly issue: jwt.IssueJwtOptions;
  readonly jwk: jwt.JsonWebKeyLike;
  readonly claims: jwt.JwtClaims;
  readonly key: jwt.JwtKey;
  readonly verifier: jwt.JwtVerifier;
  readonly handle: jwt.KeyHandle;
  readonly ring: jwt.KeyRing;
  readonly entry: jwt.KeyRingEntry;
  readonly remote: jwt.RemoteJwks;
  readonly remoteOptions: jwt.RemoteJwksOptions;
  readonly fetch: jwt.JwksFetch;
  readonly fetched: jwt.JwksResponse;
  readonly verify: jwt.VerifyJwtOptions;
  readonly memory: MemoryStateOptions;
}
