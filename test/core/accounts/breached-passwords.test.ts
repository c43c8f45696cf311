import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type PwnedPasswordsOptions,
  pwnedPasswords,
  type RangeResponse,
} from '../../../src/core/accounts/breached-passwords.ts';

const password = 'four quiet h\u00e9rons at dusk';
const name = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
const [prefix, suffix] = [name.slice(0, 5), name.slice(5)];
const others = ['0', '1', 'F'].map((digit) => `${digit.repeat(35)}:7`);
const rangeWith = (...lines: readonly string[]): string => [...others, ...lines].join('\r\n');

interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly redirect: string;
  readonly signal: AbortSignal;
}

/** A `fetch` that answers this text, and what it was asked. */
function fakeFetch(text: string | readonly Uint8Array[], status = 200) {
  const calls: (readonly [url: string, request: Request])[] = [];
  const cancelled: true[] = [];
  const parts = typeof text === 'string' ? [Buffer.from(text)] : text;
  const fetch = async (url: string, request: Request): Promise<RangeResponse> => {
    calls.push([url, request]);
    const rest = [...parts];
    const reader = {
      read: async () => {
        const value = rest.shift();
        return value === undefined ? { done: true } : { done: false, value };
      },
      cancel: async () => cancelled.push(true),
    };
    return { status, body: { getReader: () => reader } };
  };
  return { fetch, calls, cancelled };
}

const ask = (text: string | readonly Uint8Array[], status?: number): Promise<boolean> =>
  pwnedPasswords({ fetch: fakeFetch(text, status).fetch })(password);

describe('the request', () => {
  it('has five characters of the SHA-1 and nothing else of the password', async () => {
    const { fetch, calls } = fakeFetch(rangeWith());
    await pwnedPasswords({ fetch })(password);
    const [[url, request] = ['', undefined]] = calls;
    expect(calls).toHaveLength(1);
    expect(url).toBe(`https://api.pwnedpasswords.com/range/${prefix}`);
    expect(Object.keys(request ?? {}).sort()).toEqual(['headers', 'redirect', 'signal']);
    expect(request).toMatchObject({ headers: { 'Add-Padding': 'true' }, redirect: 'error' });
    expect(Object.keys(request?.headers ?? {})).toEqual(['Add-Padding']);
    expect(request?.signal).toBeInstanceOf(AbortSignal);
    expect(request?.signal.aborted).toBe(false);
  });

  it.each([
    ['https://mirror.example/range', `https://mirror.example/range/${prefix}`],
    ['https://mirror.example/range//', `https://mirror.example/range/${prefix}`],
    ['http://127.0.0.1:8080', `http://127.0.0.1:8080/${prefix}`],
  ])('goes to the service that is given: %s', async (url, expected) => {
    const { fetch, calls } = fakeFetch(rangeWith());
    await pwnedPasswords({ fetch, url })(password);
    expect(calls[0]?.[0]).toBe(expected);
  });

  it('is about the text as it is, in UTF-8', async () => {
    for (const [text, expected] of [
      ['password', '5BAA6'],
      ['Password', '8BE3C'],
      [' password', createHash('sha1').update(' password').digest('hex').slice(0, 5).toUpperCase()],
      ['\u{1f600}', createHash('sha1').update('\u{1f600}').digest('hex').slice(0, 5).toUpperCase()],
    ] as const) {
      const { fetch, calls } = fakeFetch(rangeWith());
      await pwnedPasswords({ fetch })(text);
      expect(calls[0]?.[0]).toBe(`https://api.pwnedpasswords.com/range/${expected}`);
    }
  });
});

describe('a password is breached', () => {
  it.each([
    ['that is on the list', rangeWith(`${suffix}:3`)],
    ['that was seen once', rangeWith(`${suffix}:1`)],
    ['in small letters', rangeWith(`${suffix.toLowerCase()}:3`)],
    ['with bare line feeds', rangeWith(`${suffix}:3`).replaceAll('\r', '')],
    ['on the last line, which ends', `${rangeWith(`${suffix}:3`)}\r\n`],
    ['on the only line', `${suffix}:12345678`],
    ['beside padding of the same name', rangeWith(`${suffix}:0`, `${suffix}:2`)],
  ])('%s', async (_how, text) => {
    expect(await ask(text)).toBe(true);
  });

  it('also when the answer comes in pieces', async () => {
    const bytes = Buffer.from(rangeWith(`${suffix}:3`));
    expect(await ask(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe(true);
  });
});

describe('a password is not breached', () => {
  it.each([
    ['that is not on the list', rangeWith()],
    ['that is padding', rangeWith(`${suffix}:0`)],
    ['that is padding, written otherwise', rangeWith(`${suffix}:000`)],
    ['whose neighbour is on it', rangeWith(`${suffix.slice(0, -1)}${suffix.endsWith('0') ? '1' : '0'}:3`)],
  ])('%s', async (_how, text) => {
    expect(await ask(text)).toBe(false);
  });
});

describe('an answer is no answer', () => {
  it.each([
    ['nothing', '', 'NO_RANGE'],
    ['a page', '<!doctype html><title>Log in to this network</title>', 'NO_RANGE'],
    ['a page after the range', `${rangeWith(`${suffix}:3`)}\r\n<html>`, 'NO_RANGE'],
    ['a name without a count', rangeWith(suffix), 'NO_RANGE'],
    ['a count below zero', rangeWith(`${suffix}:-1`), 'NO_RANGE'],
    ['a whole SHA-1', rangeWith(`${name}:3`), 'NO_RANGE'],
    ['a name that is too short', rangeWith(`${suffix.slice(1)}:3`), 'NO_RANGE'],
    ['an empty line', rangeWith('', `${suffix}:3`), 'NO_RANGE'],
  ])('that is %s', async (_what, text, code) => {
    await expect(ask(text)).rejects.toMatchObject({ code, message: expect.not.stringContaining(suffix) });
  });

  it.each([204, 206, 302, 304, 400, 404, 429, 500, 503])('with the status %i', async (status) => {
    const { fetch, cancelled } = fakeFetch(rangeWith(`${suffix}:3`), status);
    await expect(pwnedPasswords({ fetch })(password)).rejects.toMatchObject({ code: `STATUS_${status}` });
    expect(cancelled).toEqual([true]);
  });

  it('that does not end: it is cancelled after a megabyte', async () => {
    let reads = 0;
    const endless: RangeResponse['body'] = {
      getReader: () => ({
        read: async () => {
          reads += 1;
          return { done: false, value: new Uint8Array(65_536).fill(65) };
        },
        cancel: async () => Promise.reject(new Error('gone')),
      }),
    };
    const hook = pwnedPasswords({ fetch: async () => ({ status: 200, body: endless }) });
    await expect(hook(password)).rejects.toMatchObject({ code: 'TOO_LONG' });
    expect(reads).toBe(17);
  });

  it('without a body', async () => {
    const hook = pwnedPasswords({ fetch: async () => ({ status: 200, body: null }) });
    await expect(hook(password)).rejects.toMatchObject({ code: 'NO_RANGE' });
  });

  it('where fetch fails, whose error is passed on', async () => {
    const fault = new TypeError('fetch failed');
    await expect(pwnedPasswords({ fetch: () => Promise.reject(fault) })(password)).rejects.toBe(fault);
  });
});

describe('the options', () => {
  const { fetch } = fakeFetch(rangeWith());

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'pwnedPasswords.fetch'],
    ['no fetch', {}, 'pwnedPasswords.fetch'],
    ['a fetch that is none', { fetch: 'fetch' }, 'pwnedPasswords.fetch'],
    ['a misspelt one', { fetch, timeOut: '1s' }, 'pwnedPasswords.timeOut'],
    ['a url that is none', { fetch, url: 'mirror.example' }, 'pwnedPasswords.url'],
    ['a url of another kind', { fetch, url: 'file:///range' }, 'pwnedPasswords.url'],
    ['a url with a query', { fetch, url: 'https://mirror.example/?range=' }, 'pwnedPasswords.url'],
    ['a url without a host', { fetch, url: 'https:///' }, 'pwnedPasswords.url'],
    ['a URL object', { fetch, url: new URL('https://mirror.example') }, 'pwnedPasswords.url'],
    ['no time', { fetch, timeout: 0 }, 'pwnedPasswords.timeout'],
    ['too much time', { fetch, timeout: '2m' }, 'pwnedPasswords.timeout'],
    ['a time without a unit', { fetch, timeout: '2' }, 'pwnedPasswords.timeout'],
  ])('are refused with %s', (_what, options, option) => {
    expect(() => pwnedPasswords(options as PwnedPasswordsOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option }),
    );
  });
});

describe("Node's fetch", () => {
  const servers: Server[] = [];

  afterEach(() => {
    vi.restoreAllMocks();
    for (const server of servers.splice(0)) server.close();
  });

  async function addressOf(server: Server): Promise<string> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const serve = (listener: RequestListener): Promise<string> => addressOf(createServer(listener));

  it('fits, and finds the password', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['add-padding']}`);
      response.end(rangeWith(`${suffix}:3`));
    });
    expect(await pwnedPasswords({ fetch, url: `${url}/range` })(password)).toBe(true);
    expect(seen).toEqual([`GET /range/${prefix} true`]);
  });

  it('lets no more than the five characters leave the process', async () => {
    const sent: Buffer[] = [];
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        sent.push(bytes);
        const body = rangeWith();
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      });
    });
    const url = await addressOf(server);
    expect(await pwnedPasswords({ fetch, url })(password)).toBe(false);
    const text = Buffer.concat(sent).toString('latin1').toLowerCase();
    expect(text).toContain(`get /${prefix.toLowerCase()} http/1.1\r\n`);
    for (const part of ['heron', 'quiet', 'dusk', name.slice(0, 6), name.slice(5, 11), name.slice(-6)]) {
      expect(text).not.toContain(part.toLowerCase());
    }
  });

  it('follows no redirect', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(pwnedPasswords({ fetch, url })(password)).rejects.toThrow(TypeError);
    expect(asked).toBe(1);
  });

  it.each([
    ['begins', (): void => undefined],
    ['ends', (response: ServerResponse): unknown => response.write(`${others[0]}\r\n`)],
  ])('is stopped, when its time is over, where an answer never %s', async (_what, begin) => {
    const { times, abort } = heldTime();
    const url = await serve((_request, response) => {
      begin(response);
      abort();
    });
    await expect(pwnedPasswords({ fetch, url })(password)).rejects.toMatchObject({ name: 'AbortError' });
    expect(times).toEqual([2000]);
  });

  it('has the time that is asked for', async () => {
    const { times } = heldTime();
    const url = await serve((_request, response) => response.end(rangeWith()));
    for (const timeout of [1, '5s', '1m'] as const) await pwnedPasswords({ fetch, url, timeout })(password);
    expect(times).toEqual([1000, 5000, 60_000]);
  });

  /** A time that is over when the test says so, and the milliseconds that were asked for. */
  function heldTime() {
    const controller = new AbortController();
    const times: number[] = [];
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      times.push(milliseconds);
      return controller.signal;
    });
    return { times, abort: () => controller.abort() };
  }
});
