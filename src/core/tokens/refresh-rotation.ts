/** Refresh tokens: good for one use, in a line of which at most one token is alive. */

import { digest, randomId } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import { AuthError, RetryError } from '../errors.ts';
import type { Events } from '../events.ts';
import { originOf } from '../login/request-context.ts';
import type { Authentication } from '../ports/authentication.ts';
import type { Clock } from '../ports/clock.ts';
import type { RequestContext } from '../ports/request-context.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { AuthUser, UserId } from '../ports/user-store.ts';
import { secondsNow } from '../seconds-now.ts';
import type { Secrets } from '../secrets.ts';
import type { CredentialEpochs } from '../sessions/credential-epoch.ts';
import type { SessionEnding } from '../sessions/session-ending.ts';
import type { ListEntry, SessionRegistry } from '../sessions/session-registry.ts';
import type { StateKeys } from '../state-keys.ts';
import { encodeUserId } from '../user-id.ts';
import { type CheckedUsers, findExactly, isActive } from '../users.ts';
import { openFamily, type ReadFamily, type RefreshFamily, sealFamily } from './refresh-family.ts';
import { isGenuine, type PresentedToken, readRefreshToken, refreshTokenOf } from './refresh-token.ts';
import type { Revocations } from './revocation.ts';

/** How long refresh tokens live; seconds. */
export interface RefreshSettings {
  readonly idle: number;
  readonly absolute: number;
  readonly grace: number;
}

/** What {@link RefreshRotation} works on. */
export interface RefreshRotationParts<User> {
  readonly users: CheckedUsers<User>;
  readonly secrets: Secrets;
  readonly epochs: CredentialEpochs;
  readonly revocations: Revocations;
  readonly registry: SessionRegistry;
  readonly ending: SessionEnding;
  readonly state: StateStore;
  readonly keys: StateKeys;
  readonly events: Events;
  readonly clock: Clock;
  readonly settings: RefreshSettings;
  /** The longest life of an access token. */
  readonly accessSeconds: number;
}

/** A login that is to have refresh tokens. */
export interface NewFamily {
  readonly user: AuthUser;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  readonly authentication: Authentication | undefined;
  readonly gen: string | null;
}

/** A login that goes on. */
export interface OpenFamily<User> {
  readonly id: string;
  readonly family: RefreshFamily;
  readonly row: User;
  readonly user: AuthUser;
  /** Seconds since the epoch, from before anything was read: what is issued now must not outlive what ends it. */
  readonly at: number;
}

/** What came of a refresh. */
export interface Rotated<Made> {
  readonly made: Made;
  readonly refreshToken: string;
  readonly userId: UserId;
  readonly sessionId: string;
  /** Whether the token had been used before, within the grace time. */
  readonly repeated: boolean;
}

/** A use of a token that was looked at and found good. */
interface AcceptedUse<User> {
  readonly open: OpenFamily<User>;
  /** The text that was read: what is written next takes its place, or nothing is written. */
  readonly stored: string;
  readonly userId: UserId;
  readonly repeated: boolean;
}

/**
 * One conditional write decides which use of a token counts. The next token is derived and not drawn, so that a repeat
 * within the grace time gets the same one: a lost answer and two tabs of one browser sign nobody out, and still there is
 * one line. Any other second use ends the login, whoever of the two is the thief (RFC 9700 §4.14.2).
 */
export class RefreshRotation<User> {
  private readonly parts: RefreshRotationParts<User>;

  constructor(parts: RefreshRotationParts<User>) {
    this.parts = parts;
  }

  /** Starts the line of this random id. Its token is handed out when it is listed: a login that cannot be bounded does not begin. */
  async start(id: string, login: NewFamily, context: RequestContext): Promise<string> {
    const { secrets, epochs, registry, ending, state, keys, clock, settings } = this.parts;
    const { user, authentication, gen, scopes, claims } = login;
    const now = secondsNow(clock);
    const family: RefreshFamily = {
      user: encodeUserId(user.id),
      scopes,
      claims,
      authentication:
        authentication === undefined ? null : { methods: [...authentication.methods], at: authentication.at },
      gen,
      start: now,
      end: now + settings.absolute,
      seed: randomId(),
      ...epochs.current(user),
      generation: 1,
      made: now,
      accessEnd: this.accessEnd(now),
      device: deviceOf(context),
    };
    // Before it is listed: who ends it from there must find it, and not deny it for as long as a session only.
    await state.put(keys.refresh(id), sealFamily(secrets, id, family), this.lifeSeconds(family, now));
    await registry.add(user.id, entryOf(id, family), context, (oldest) => ending.end(user.id, oldest));
    return refreshTokenOf(secrets, id, family);
  }

  /**
   * Uses a token. `make` makes what else the answer holds, before the token counts as used: what fails there costs the
   * client nothing.
   */
  async rotate<Made>(
    text: unknown,
    context: RequestContext,
    make: (open: OpenFamily<User>) => Promise<Made>,
  ): Promise<Rotated<Made>> {
    const at = secondsNow(this.parts.clock);
    const token = readRefreshToken(text);
    if (token === null) throw notOurs();
    for (let attempt = 0; attempt < defaults.stateAttempts; attempt += 1) {
      const use = await this.accepted(token, context, at);
      const made = await make(use.open);
      const refreshToken = use.repeated ? this.livingToken(use) : await this.moveOn(use, context);
      if (refreshToken === null) continue;
      const { userId, repeated } = use;
      return { made, refreshToken, userId, sessionId: token.id, repeated };
    }
    throw new RetryError('ERR_STATE_UNAVAILABLE', 'the login is being refreshed too often', {
      retryAfterSeconds: defaults.retryAfter,
    });
  }

  /** Whose login a genuine token belongs to; `null` for everything else. */
  async find(text: unknown): Promise<{ readonly userId: UserId; readonly sessionId: string } | null> {
    const token = readRefreshToken(text);
    if (token === null) return null;
    const read = this.open(token, await this.parts.state.get(this.parts.keys.refresh(token.id)));
    return read === null ? null : { userId: read.userId, sessionId: token.id };
  }

  /** A use of a token by which its login may go on. Whatever may not is refused here, and a reuse ends the login. */
  private async accepted(
    token: PresentedToken,
    context: RequestContext,
    at: number,
  ): Promise<AcceptedUse<User>> {
    const { state, keys } = this.parts;
    const { id } = token;
    const stored = await state.get(keys.refresh(id));
    const read = this.open(token, stored);
    if (stored === null || read === null) throw notOurs();
    const { family, userId } = read;
    const repeated = this.isRepeat(token, family, context, at);
    if (token.generation !== family.generation && !repeated) throw await this.reused(id, read, context);
    const found = await this.alive(id, read, at);
    return { stored, userId, repeated, open: { id, family, ...found, at } };
  }

  /** The token that a repeated use is answered with: the one that the first use has got. */
  private livingToken({ open: { id, family } }: AcceptedUse<User>): string {
    return refreshTokenOf(this.parts.secrets, id, family);
  }

  /** Makes the next token the living one; `null` when the family is no longer as it was read. */
  private async moveOn(
    { stored, userId, open }: AcceptedUse<User>,
    context: RequestContext,
  ): Promise<string | null> {
    const { secrets, epochs, registry, state, keys } = this.parts;
    const { id, family, user, at } = open;
    const next = {
      ...family,
      // Of the row that was looked at: a password that changes meanwhile ends this one too.
      ...epochs.current(user),
      generation: family.generation + 1,
      made: at,
      accessEnd: Math.max(family.accessEnd, this.accessEnd(at)),
      device: deviceOf(context),
    };
    await registry.touch(userId, entryOf(id, next));
    const sealed = sealFamily(secrets, id, next);
    const written = await state.compareAndSet(keys.refresh(id), stored, sealed, this.lifeSeconds(next, at));
    return written ? refreshTokenOf(secrets, id, next) : null;
  }

  /** The family of a token that we have made; `null` for a forged one. */
  private open(token: PresentedToken, stored: string | null): ReadFamily | null {
    const { secrets } = this.parts;
    const read = openFamily(secrets, token.id, stored);
    return read !== null && isGenuine(secrets, token, read.family) ? read : null;
  }

  /**
   * Whether it is the direct parent of the living token, used again at once and by nobody who says to be another. Not by
   * the address or the browser's name: a phone changes the first at every corner, and a thief copies the second.
   */
  private isRepeat(
    token: PresentedToken,
    family: RefreshFamily,
    context: RequestContext,
    at: number,
  ): boolean {
    if (token.generation !== family.generation - 1) return false;
    // Not `at - made` alone: with a clock that is set back it is below any grace, and a spent token would live again.
    if (Math.abs(at - family.made) >= this.parts.settings.grace) return false;
    const device = deviceOf(context);
    return device === null || family.device === null || device === family.device;
  }

  /** Ends the login, unless a sign-out everywhere has: then there is nothing to end, and no thief to tell of. */
  private async reused(
    id: string,
    { family, userId }: ReadFamily,
    context: RequestContext,
  ): Promise<AuthError> {
    const { revocations, ending, state, keys, events } = this.parts;
    const mark = await revocations.mark(userId);
    if (mark !== null && mark !== family.gen) {
      await state.delete(keys.refresh(id));
      return over();
    }
    await ending.end(userId, id);
    events.emit('token.reused', { ...originOf(context), userId, sessionId: id });
    return new AuthError(
      'ERR_TOKEN_REUSED',
      'the refresh token has been used before, and its login is ended',
    );
  }

  private async alive(
    id: string,
    { family, userId }: ReadFamily,
    at: number,
  ): Promise<{ readonly row: User; readonly user: AuthUser }> {
    const { users, revocations, epochs, settings } = this.parts;
    const end = Math.min(family.end, family.start + settings.absolute, family.made + settings.idle);
    if (at >= end) throw new AuthError('ERR_TOKEN_EXPIRED', 'the refresh token has expired');
    const [found, revoked] = await Promise.all([
      findExactly(users, userId),
      revocations.isRevoked(userId, family.gen, id),
    ]);
    if (!revoked && found !== null && isActive(found.user) && (await epochs.isAlive(family, found.user))) {
      return found;
    }
    throw over();
  }

  /** A repeat within the grace time gets an access token too, and the record is not written for it. */
  private accessEnd(at: number): number {
    return at + this.parts.settings.grace + this.parts.accessSeconds;
  }

  /** As long as a token of it can be refused as used, and no longer. */
  private lifeSeconds({ end }: RefreshFamily, at: number): number {
    const left = Math.min(end - at, this.parts.settings.idle);
    return Math.max(1, left) + defaults.clockToleranceMaximum;
  }
}

function entryOf(id: string, { gen, start, made, end }: RefreshFamily): ListEntry {
  return { id, kind: 'tokens', gen, first: start, seen: made, end };
}

/** Which browser a request says to come from. The token itself opens more than this line, and is not kept. */
function deviceOf({ deviceToken }: RequestContext): string | null {
  return typeof deviceToken === 'string' && deviceToken !== '' ? digest('device', deviceToken) : null;
}

function over(): AuthError {
  return new AuthError('ERR_TOKEN_REVOKED', 'the login of the refresh token is over');
}

/** One answer for a forged token, a family that is gone, and what was never one. */
function notOurs(): AuthError {
  return new AuthError('ERR_TOKEN_INVALID', 'the refresh token is not one of ours, or its login is over');
}
