/** A browser in which the page of the JWT API is open: what its tabs share, and a clock that is moved by hand. */

import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What the page's script works with. */
interface TabLogin {
  resume(): Promise<void>;
  wake(): Promise<void>;
  signIn(user: string, password: string): Promise<boolean>;
  signOut(): Promise<void>;
  call(path: string, request?: RequestInit): Promise<Response>;
}

/** As much of a BroadcastChannel. */
interface Channel extends EventTarget {
  postMessage(message: unknown): void;
}

interface TabParts {
  readonly fetch: (path: string, request: RequestInit) => Promise<Response>;
  readonly locks: { request<T>(name: string, work: () => Promise<T>): Promise<T> } | undefined;
  readonly channel: Channel | undefined;
  readonly clock: object;
  readonly changed: (isSignedIn: boolean) => void;
}

const page: { TabLogin: new (parts: TabParts) => TabLogin } = await import(
  fileURLToPath(new URL('../../examples/jwt-api/browser/tab-login.mjs', import.meta.url))
);

/** A tab, and what the page was told. */
export interface Tab {
  readonly login: TabLogin;
  /** `undefined`: nothing yet. */
  isSignedIn(): boolean | undefined;
}

/** What is missing in this browser. */
export interface BrowserLacks {
  readonly locks?: boolean;
  readonly channel?: boolean;
}

export interface FakeBrowser {
  /** Every request, like `POST /token`, in order. */
  readonly requests: string[];
  /** Keeps the answers to requests with this text on their way. */
  hold(request: string): { readonly isAnswered: Promise<void>; release(): void };
  /** Loses the answers to the next requests with this text, or as many as it says. */
  lose(request: string, count?: number): void;
  openTab(): Tab;
  /** Moves the clock, and with it that of `alongside`, and does what becomes due. */
  advance(seconds: number): Promise<void>;
  /** Moves the clock as a computer that sleeps does: what becomes due is late. */
  sleep(seconds: number): void;
  cookie(): string;
  /** As somebody who empties the browser's settings does. */
  dropCookie(): void;
}

interface Held {
  readonly answered: Signal;
  readonly released: Signal;
}

interface Timer {
  readonly at: number;
  readonly work: () => void;
}

/** `alongside` is told how many seconds pass. */
export function fakeBrowser(
  url: string,
  alongside: (seconds: number) => void,
  lacks: BrowserLacks = {},
): FakeBrowser {
  const requests: string[] = [];
  const channels: EventTarget[] = [];
  const timers = new Set<Timer>();
  const held = new Map<string, Held>();
  const lost = new Map<string, number>();
  const underWay = new Set<Promise<unknown>>();
  let now = 0;
  let jar = '';
  let last: Promise<unknown> = Promise.resolve();

  const send = (path: string, request: RequestInit): Promise<Response> => {
    const answer = exchange(path, request);
    const done = answer.catch(() => undefined).finally(() => underWay.delete(done));
    underWay.add(done);
    return answer;
  };

  const exchange = async (path: string, request: RequestInit): Promise<Response> => {
    const name = `${request.method ?? 'GET'} ${path}`;
    requests.push(name);
    // The browser adds the cookie as it is when the request goes out.
    const headers = {
      ...(request.headers as Record<string, string>),
      Cookie: jar,
      'Sec-Fetch-Site': 'same-origin',
    };
    const response = await fetch(url + path, { ...request, headers });
    const { answered, released } = held.get(name) ?? {};
    answered?.give();
    await released?.given;
    const left = lost.get(name) ?? 0;
    lost.set(name, left - 1);
    if (left > 0) throw new TypeError('fetch failed');
    for (const line of response.headers.getSetCookie()) jar = line.split(';')[0] ?? '';
    return response;
  };

  const locks: TabParts['locks'] = {
    request: (_name, work) => {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
  };

  const clock = {
    now: () => now,
    setTimeout: (work: () => void, milliseconds: number): Timer => {
      const timer = { at: now + milliseconds, work };
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer: Timer) => timers.delete(timer),
  };

  const channelOf = (): Channel => {
    const channel = new EventTarget();
    channels.push(channel);
    const postMessage = (message: unknown): void => {
      const data = structuredClone(message);
      for (const other of channels) {
        if (other !== channel)
          queueMicrotask(() => other.dispatchEvent(new MessageEvent('message', { data })));
      }
    };
    return Object.assign(channel, { postMessage });
  };

  return {
    requests,
    hold: (request) => {
      const [answered, released] = [signal(), signal()];
      held.set(request, { answered, released });
      return {
        isAnswered: answered.given,
        release: () => {
          held.delete(request);
          released.give();
        },
      };
    },
    lose: (request, count = 1) => lost.set(request, count),
    openTab: () => {
      let shown: boolean | undefined;
      const login = new page.TabLogin({
        fetch: send,
        locks: lacks.locks ? undefined : locks,
        channel: lacks.channel ? undefined : channelOf(),
        clock,
        changed: (isSignedIn) => {
          shown = isSignedIn;
        },
      });
      return { login, isSignedIn: () => shown };
    },
    sleep: pass,
    advance: async (seconds) => {
      pass(seconds);
      for (const timer of timers) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.work();
      }
      await settled();
    },
    cookie: () => jar,
    dropCookie: () => {
      jar = '';
    },
  };

  function pass(seconds: number): void {
    now += seconds * 1000;
    alongside(seconds);
  }

  /** Until nothing that was asked waits for an answer, or for its turn. */
  async function settled(): Promise<void> {
    do {
      await last;
      await Promise.all(underWay);
      await turn();
    } while (underWay.size > 0);
  }
}

interface Signal {
  readonly given: Promise<void>;
  give(): void;
}

function signal(): Signal {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}
