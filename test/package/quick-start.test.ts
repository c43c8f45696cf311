import { beforeAll, describe, expect, inject, it } from 'vitest';
import { installed, pasted, projectOf, readme } from './quick-start-project.ts';
import { type RunningHost, startHost } from './running-host.ts';

const workspace = inject('workspace');
const env = { AUTH_SECRET: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA' };
let from: string;

beforeAll(() => {
  from = installed(workspace);
});

async function served(
  folder: string,
  script: string,
  use: (host: RunningHost) => Promise<void>,
): Promise<void> {
  const host = await startHost(folder, ['--require', './any-port.cjs', script], env);
  try {
    await use(host);
  } finally {
    await host.stop();
  }
}

describe.each(['module', 'commonjs'] as const)('the README in a project of type %s', (type) => {
  let folder: string;

  beforeAll(() => {
    folder = projectOf(workspace, from, type);
  });

  it('logs a customer in and out, as the quick start', () =>
    served(folder, 'quick-start.js', async ({ url }) => {
      const post = (path: string, fields: Record<string, string>, cookie = ''): Promise<Response> =>
        fetch(url + path, {
          method: 'POST',
          body: new URLSearchParams(fields),
          headers: { cookie },
          redirect: 'manual',
        });
      const wrong = await post('/login', { username: 'ann@example.com', password: '1234' });
      expect(wrong.headers.get('location')).toBe('/login?fail=true');
      const right = await post('/login', { username: 'ann@example.com', password: '123' });
      expect(right.headers.get('location')).toBe('/');
      const cookie = right.headers.get('set-cookie')?.split(';')[0] ?? '';
      expect(await (await fetch(url, { headers: { cookie } })).text()).toBe('Customer 7');
      await post('/logout', {}, cookie);
      const after = await fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' });
      expect(after.headers.get('location')).toBe('/login');
    }));

  it('issues a token and ends it, as the API', () =>
    served(folder, 'api.js', async ({ url }) => {
      const logIn = (password: string): Promise<Response> =>
        fetch(`${url}/login`, {
          method: 'POST',
          body: JSON.stringify({ user: 'ann@example.com', password }),
          headers: { 'content-type': 'application/json' },
        });
      expect((await logIn('1234')).status).toBe(401);
      const { accessToken } = (await (await logIn('123')).json()) as { readonly accessToken: string };
      const headers = { authorization: `Bearer ${accessToken}` };
      expect(await (await fetch(`${url}/orders`, { headers })).json()).toEqual([{ customer: '7' }]);
      expect((await fetch(`${url}/logout`, { method: 'POST', headers })).status).toBe(204);
      expect((await fetch(`${url}/orders`, { headers })).status).toBe(401);
    }));
});

it('is changed as the README says, and not more', () => {
  expect(readme).toContain('leave out `type Customer` in the import, and `<Customer>` twice');
  expect(readme).toContain(
    "each import becomes a `require`, like `const { createAuth } = require('ostiary');`",
  );
  const typed = "import { type Customer, db } from './your-app.js';\ndb.oneOrNone<Customer>('');\n";
  expect(pasted(typed, 'module')).toBe("import { db } from './your-app.js';\ndb.oneOrNone('');\n");
  expect(pasted(typed, 'commonjs')).toBe("const { db } = require('./your-app.js');\ndb.oneOrNone('');\n");
});
