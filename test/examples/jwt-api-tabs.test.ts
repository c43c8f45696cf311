import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Door } from '../support/door.ts';
import { apiClient } from './api-client.ts';
import { type FakeBrowser, fakeBrowser, type Tab } from './browser-tabs.ts';
import { apiDoor, serveApi, stopApis } from './served-api.ts';

let own: Door;
let url: string;

beforeEach(async () => {
  own = apiDoor();
  url = await serveApi(own);
});
afterEach(stopApis);

const browserOf = (lacks = {}): FakeBrowser =>
  fakeBrowser(url, (seconds) => own.clock.advance(seconds), lacks);

/** Two tabs that are signed in; what was asked for that is forgotten. */
async function twoTabs(browser: FakeBrowser): Promise<readonly [Tab, Tab]> {
  const [first, second] = [browser.openTab(), browser.openTab()];
  expect(await first.login.signIn('abc', '123')).toBe(true);
  await second.login.resume();
  await browser.advance(0);
  expect(signedIn(first, second)).toEqual([true, true]);
  browser.requests.splice(0);
  return [first, second];
}

const signedIn = (...tabs: readonly Tab[]) => tabs.map((tab) => tab.isSignedIn());
const statusOf = async ({ login }: Tab, path = '/clients') => (await login.call(path)).status;
const asked = (browser: FakeBrowser) => browser.requests.splice(0);
const heard = (name: string) => own.events.filter((event) => event.name === name);

describe('two tabs', () => {
  it('renew their token before it ends, one of them for both', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    await browser.advance(269);
    expect(asked(browser)).toEqual([]);
    await browser.advance(1);
    expect(asked(browser)).toEqual(['POST /token']);
    await browser.advance(60);
    expect(await Promise.all(tabs.map((tab) => statusOf(tab)))).toEqual([200, 200]);
    expect(asked(browser)).toEqual(['GET /clients', 'GET /clients']);
  });

  it('stay signed in for a day', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    for (let minutes = 0; minutes < 24 * 60; minutes += 5) await browser.advance(300);
    expect(signedIn(...tabs)).toEqual([true, true]);
    expect(asked(browser)).toHaveLength(24 * 12);
    expect(heard('token.refreshed').some((event) => Reflect.get(event, 'repeated') === true)).toBe(false);
  });

  it('that are opened at once ask once', async () => {
    const browser = browserOf();
    await twoTabs(browser);
    const tabs = [browser.openTab(), browser.openTab(), browser.openTab()];
    await Promise.all(tabs.map(({ login }) => login.resume()));
    await browser.advance(0);
    expect(asked(browser)).toEqual(['POST /token']);
    expect(signedIn(...tabs)).toEqual([true, true, true]);
  });

  it('know when somebody signs in in one of them', async () => {
    const browser = browserOf();
    const tabs = [browser.openTab(), browser.openTab()] as const;
    await Promise.all(tabs.map(({ login }) => login.resume()));
    expect(signedIn(...tabs)).toEqual([false, false]);
    await tabs[0].login.signIn('abc', '123');
    await browser.advance(0);
    expect(signedIn(...tabs)).toEqual([true, true]);
    expect(await statusOf(tabs[1], '/sessions')).toBe(200);
  });

  it('are signed out both by one of them, and ask for nothing any more', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    await tabs[1].login.signOut();
    await browser.advance(0);
    expect(signedIn(...tabs)).toEqual([false, false]);
    expect(await statusOf(tabs[0])).toBe(401);
    asked(browser);
    await browser.advance(3600);
    await tabs[0].login.wake();
    expect(asked(browser)).toEqual([]);
    const { status } = await apiClient(url).send('POST', '/token', { Cookie: browser.cookie() });
    expect(status).toBe(401);
  });

  it('sign out by the access token when the cookie is gone', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    browser.dropCookie();
    await tabs[0].login.signOut();
    await browser.advance(0);
    expect(signedIn(...tabs)).toEqual([false, false]);
    expect(await own.auth.sessions.list(1)).toEqual([]);
  });

  it('sign out when there is nothing left to end', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    browser.dropCookie();
    browser.sleep(400);
    await tabs[0].login.signOut();
    await browser.advance(0);
    expect(signedIn(...tabs)).toEqual([false, false]);
  });

  it('that wake up after a night renew once', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    browser.sleep(8 * 3600);
    await Promise.all(tabs.map(({ login }) => login.wake()));
    expect(asked(browser)).toEqual(['POST /token']);
    expect(await Promise.all(tabs.map((tab) => statusOf(tab)))).toEqual([200, 200]);
  });

  it('find out that the login was ended elsewhere', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    await own.auth.sessions.endAll(1);
    expect(await statusOf(tabs[0])).toBe(401);
    expect(tabs[0].isSignedIn()).toBe(false);
    await browser.advance(300);
    expect(signedIn(...tabs)).toEqual([false, false]);
  });
});

describe('two tabs in a browser', () => {
  it.each([
    ['without locks', { locks: true }],
    ['without channels', { channel: true }],
    ['without either', { locks: true, channel: true }],
  ])('%s do not sign each other out', async (_, lacks) => {
    const browser = browserOf(lacks);
    const tabs = await twoTabs(browser);
    await Promise.all(tabs.map(({ login }) => login.resume()));
    for (let minutes = 0; minutes < 60; minutes += 5) await browser.advance(300);
    expect(signedIn(...tabs)).toEqual([true, true]);
    expect(await Promise.all(tabs.map((tab) => statusOf(tab)))).toEqual([200, 200]);
    expect(heard('token.reused')).toEqual([]);
  });

  it('without locks stay signed out, also when a token is still under way', async () => {
    const browser = browserOf({ locks: true });
    const tabs = await twoTabs(browser);
    browser.sleep(290);
    const answer = browser.hold('POST /token');
    const waking = tabs[0].login.wake();
    await answer.isAnswered;
    await tabs[1].login.signOut();
    answer.release();
    await waking;
    await browser.advance(0);
    expect(signedIn(...tabs)).toEqual([false, false]);
  });
});

describe('a tab', () => {
  it('is told of a wrong password, and of nothing else', async () => {
    const { login, isSignedIn } = browserOf().openTab();
    expect(await login.signIn('abc', '1234')).toBe(false);
    expect(isSignedIn()).toBeUndefined();
  });

  it('asks again when the answer got lost, and gets it', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    browser.lose('POST /token');
    await browser.advance(270);
    await browser.advance(2);
    expect(asked(browser).length).toBeGreaterThanOrEqual(2);
    expect(heard('token.refreshed').some((event) => Reflect.get(event, 'repeated') === true)).toBe(true);
    await browser.advance(60);
    expect(await Promise.all(tabs.map((tab) => statusOf(tab)))).toEqual([200, 200]);
    expect(heard('token.reused')).toEqual([]);
  });

  it('is not signed out by a server in trouble, and asks it ever more rarely', async () => {
    const browser = browserOf();
    const { login, isSignedIn } = browser.openTab();
    await login.signIn('abc', '123');
    own.state.failing.add('get');
    await browser.advance(270);
    browser.requests.splice(0);
    for (let seconds = 0; seconds < 600; seconds += 1) await browser.advance(1);
    const count = asked(browser).length;
    expect(count).toBeGreaterThan(8);
    expect(count).toBeLessThan(20);
    expect(isSignedIn()).toBe(true);
    own.state.failing.clear();
    await browser.advance(60);
    expect((await login.call('/clients')).status).toBe(200);
  });

  it('does not say that it is signed out when the server could not do it', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    own.state.failing.add('get');
    await expect(tabs[0].login.signOut()).rejects.toThrow('503');
    expect(signedIn(...tabs)).toEqual([true, true]);
  });

  it('does not renew for ever for a token that one route refuses', async () => {
    const browser = browserOf();
    const tabs = await twoTabs(browser);
    for (const row of own.table.rows) row.state = 'disabled';
    expect(await statusOf(tabs[0], '/sessions')).toBe(401);
    expect(asked(browser)).toEqual(['GET /sessions', 'POST /token']);
    expect(tabs[0].isSignedIn()).toBe(false);
  });
});
