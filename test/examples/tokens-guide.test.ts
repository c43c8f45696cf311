import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSnippets, type SnippetApp, snippetsOf } from './snippets.ts';

const snippets = snippetsOf('docs/guides/tokens.md');
const name = 'deviceTokenOf';
let app: SnippetApp;

beforeAll(() => {
  app = compileSnippets(snippets.filter((snippet) => snippet.includes(`function ${name}`)));
}, 60_000);

afterAll(() => app?.remove());

/** What it answers to a browser with these cookies, and what the browser keeps. */
async function asked(cookies: string | undefined): Promise<readonly [token: string, kept: unknown[]]> {
  const deviceTokenOf = (await app.load(0))[name] as (req: object, res: object) => string;
  const kept: unknown[] = [];
  const token = deviceTokenOf(
    { get: () => cookies },
    { cookie: (...cookie: unknown[]) => kept.push(cookie) },
  );
  return [token, kept];
}

describe('the device token of the guide', () => {
  const options = { httpOnly: true, secure: true, sameSite: 'lax', maxAge: 7_776_000_000 };

  it.each([undefined, 'other=1', 'x__Host-device=theirs', '__Host-device='])(
    'is made at random for a browser with the cookies %s',
    async (cookies) => {
      const [[first, kept], [second]] = [await asked(cookies), await asked(cookies)];
      expect(first).toMatch(/^[\da-f-]{36}$/);
      expect(second).not.toBe(first);
      expect(kept).toEqual([['__Host-device', first, options]]);
    },
  );

  it('stays what it is, and is kept for another 90 days', async () => {
    expect(await asked('a=1; __Host-device=abc; b=2')).toEqual(['abc', [['__Host-device', 'abc', options]]]);
  });
});
