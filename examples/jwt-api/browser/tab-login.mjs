/** The login of this browser, as one of its tabs has it: an access token in memory, renewed once for all tabs. */

const lockName = 'jwt-api-login';

/**
 * How long before its end a token is renewed, and when what failed is tried again; milliseconds. The first time is well
 * within the ten seconds in which the server answers a used refresh token once more: the answer may have got lost.
 */
const times = { early: 30_000, again: 2000, longestAgain: 60_000 };

/**
 * The refresh token is in a cookie that scripts do not see, and all tabs share it. The access token is in this object and
 * nowhere else: what is in localStorage, any script finds, also years later.
 *
 * Whoever signs in, renews or signs out holds a lock that all tabs share, and tells the others what came of it. Without
 * locks (an old browser, plain http) tabs may renew at the same time; the server then gives both the same answer.
 */
export class TabLogin {
  #parts;
  /** `{ token, renewAt }`, or `null`: signed out, or not known yet. */
  #access = null;
  #timer;
  #failures = 0;
  #endings = 0;
  #queue = Promise.resolve();

  /**
   * `fetch`, `locks` (navigator.locks), `channel` (a BroadcastChannel) and `clock` are the browser's; the two in the
   * middle may be missing. `changed(isSignedIn)` is called whenever it turns out, or changes.
   */
  constructor({ fetch, locks, channel, clock, changed }) {
    this.#parts = { fetch, locks, channel, clock, changed };
    channel?.addEventListener('message', ({ data }) => this.#hear(data));
  }

  /** When the page opens: goes on with the login of the browser, if it has one. */
  async resume() {
    await this.#renewOrTryAgain(undefined);
  }

  /** When the page is looked at again: a computer that slept has missed the time to renew. */
  async wake() {
    if (this.#access !== null && this.#isDue()) await this.#renewOrTryAgain(this.#access.token);
  }

  /** Whether name and password were right. */
  signIn(user, password) {
    return this.#alone(async () => {
      const response = await this.#post('/login', { user, password, cookie: true });
      if (response.status === 401) return false;
      this.#keepAndTell(await answerOf(response));
      return true;
    });
  }

  /** Ends the login, in all tabs. If it fails, it is still alive, and this says so. */
  signOut() {
    return this.#alone(async () => {
      // With the access token: where the cookie is gone, it still says which login to end.
      const response = await this.#send('/logout', { method: 'POST' });
      // 401: it is over already.
      if (response.status !== 401) await answerOf(response);
      this.#parts.channel?.postMessage({ kind: 'signed-out' });
      this.#forget();
    });
  }

  /** `fetch` with the access token; renewed before, if it is due, and after, if the server refuses it. */
  async call(path, request = {}) {
    await this.wake();
    const { token } = this.#access ?? {};
    const response = await this.#send(path, request);
    if (response.status !== 401 || token === undefined) return response;
    await this.#renew(token);
    return this.#access === null ? response : this.#send(path, request);
  }

  #hear({ kind, access }) {
    if (kind === 'renewed') this.#keep(access);
    if (kind === 'signed-out') this.#forget();
  }

  async #renewOrTryAgain(spent) {
    try {
      await this.#renew(spent);
      this.#failures = 0;
    } catch (error) {
      // No answer, or a server in trouble: nobody is signed out by that.
      const wait = Math.min(times.again * 2 ** this.#failures, times.longestAgain);
      this.#failures += 1;
      this.#inTime(wait, spent);
      throw error;
    }
  }

  /** `spent` is the token that is to be replaced. */
  #renew(spent) {
    return this.#alone(async () => {
      // While this tab waited for its turn, another one may have got a new token and told us.
      if (this.#access !== null && this.#access.token !== spent && !this.#isDue()) return;
      const endings = this.#endings;
      const response = await this.#post('/token');
      // Signed out meanwhile, in a browser without locks: the answer is of a login that is over.
      if (endings !== this.#endings) return;
      if (response.status === 401) this.#forget();
      else this.#keepAndTell(await answerOf(response));
    });
  }

  /** One at a time in all tabs, or at least in this one. */
  #alone(work) {
    const { locks } = this.#parts;
    if (locks !== undefined) return locks.request(lockName, work);
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #keepAndTell({ token, expiresIn }) {
    const life = expiresIn * 1000;
    const access = { token, renewAt: this.#parts.clock.now() + Math.max(life - times.early, life / 2) };
    this.#parts.channel?.postMessage({ kind: 'renewed', access });
    this.#keep(access);
  }

  #keep(access) {
    this.#access = access;
    this.#inTime(access.renewAt - this.#parts.clock.now(), access.token);
    this.#parts.changed(true);
  }

  #forget() {
    this.#endings += 1;
    this.#access = null;
    this.#parts.clock.clearTimeout(this.#timer);
    this.#parts.changed(false);
  }

  #isDue() {
    return this.#parts.clock.now() >= this.#access.renewAt;
  }

  #inTime(milliseconds, spent) {
    const { clock } = this.#parts;
    clock.clearTimeout(this.#timer);
    // What fails is tried again, and what is asked for meanwhile fails by itself.
    this.#timer = clock.setTimeout(() => this.#renewOrTryAgain(spent).catch(() => undefined), milliseconds);
  }

  #post(path, body = {}) {
    const headers = { 'Content-Type': 'application/json' };
    return this.#parts.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  #send(path, request) {
    const headers = this.#access === null ? {} : { Authorization: `Bearer ${this.#access.token}` };
    return this.#parts.fetch(path, { ...request, headers });
  }
}

async function answerOf(response) {
  if (response.ok) return response.json();
  throw new Error(`The server answered ${response.status}.`);
}
