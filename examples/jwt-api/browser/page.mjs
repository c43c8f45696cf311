/** The page: a form, a list of sessions, and what the login says. */

import { TabLogin } from './tab-login.mjs';

const element = (id) => document.getElementById(id);
const notice = element('notice');
const form = element('sign-in');

/** Shorter than the server's ten seconds for an answer that got lost: there is time to ask once more. */
const longestWait = 5000;

/** What is shown. `undefined`: not known yet. */
let wasSignedIn;

const login = new TabLogin({
  fetch: (path, request) => fetch(path, { ...request, signal: AbortSignal.timeout(longestWait) }),
  locks: navigator.locks,
  channel: typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('jwt-api-login'),
  clock: {
    now: () => Date.now(),
    setTimeout: (work, milliseconds) => setTimeout(work, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer),
  },
  changed: show,
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { user, password } = form.elements;
  attempt(form, async () => {
    if (await login.signIn(user.value, password.value)) {
      form.reset();
      element('account-title').focus();
    } else {
      say('That name and that password do not belong together.');
      password.select();
    }
  });
});

element('sign-out').addEventListener('click', (event) => {
  attempt(event.currentTarget, signOut);
});

element('refresh').addEventListener('click', (event) => {
  attempt(event.currentTarget, listSessions);
});

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') login.wake().catch(explain);
});

login.resume().catch(explain);

/** Called at each new token too, of which the page shows nothing. */
function show(isSignedIn) {
  if (isSignedIn === wasSignedIn) return;
  if (wasSignedIn && !isSignedIn) say('You are signed out.');
  else say('');
  wasSignedIn = isSignedIn;
  form.hidden = isSignedIn;
  element('account').hidden = !isSignedIn;
  if (isSignedIn) listSessions().catch(explain);
  // Nobody's list stays in a page that somebody else may look at next.
  else element('sessions').replaceChildren();
}

async function listSessions() {
  const response = await login.call('/sessions');
  if (response.status === 401) return; // signed out, which is shown already
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  element('sessions').replaceChildren(...(await response.json()).map(sessionRow));
}

function sessionRow({ id, device, firstSeen, lastSeen, current }) {
  const row = document.createElement('tr');
  const name = device ?? 'Unknown device';
  const title = document.createElement('th');
  title.scope = 'row';
  title.append(current ? `${name} (this one)` : name);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.append(current ? 'Sign out' : 'End');
  button.setAttribute('aria-label', current ? 'Sign out here' : `End ${name}, since ${dateOf(firstSeen)}`);
  button.addEventListener('click', () => {
    attempt(button, () => (current ? signOut() : end(id)));
  });
  row.append(title, cell(dateOf(firstSeen)), cell(dateOf(lastSeen)), cell(button));
  return row;
}

async function signOut() {
  await login.signOut();
  element('user').focus();
}

async function end(id) {
  const response = await login.call(`/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
  // 404: it has ended by itself.
  if (response.status === 401) return;
  if (!response.ok && response.status !== 404) throw new Error(`The server answered ${response.status}.`);
  await listSessions();
  say('That session is ended.');
  element('account-title').focus();
}

/** Once at a time, and with a word about what went wrong. */
async function attempt(target, work) {
  if (target.getAttribute('aria-busy') === 'true') return;
  target.setAttribute('aria-busy', 'true');
  try {
    await work();
  } catch (error) {
    explain(error);
  } finally {
    target.removeAttribute('aria-busy');
  }
}

function explain(error) {
  const isUnreachable = error.name === 'TypeError' || error.name === 'TimeoutError';
  say(isUnreachable ? 'The server does not answer.' : error.message);
}

function say(text) {
  notice.textContent = text;
}

function cell(content) {
  const made = document.createElement('td');
  made.append(content);
  return made;
}

function dateOf(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
