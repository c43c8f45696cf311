/** Open redirects: CVE-2024-56734, CVE-2025-27143, CVE-2026-40295. */

import fastCheck from 'fast-check';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { requireAuth, safeRedirect } from '../../src/express/index.ts';
import { createAuth } from '../../src/index.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { userTable } from '../support/user-table.ts';

const hostile: readonly string[] = [
  '',
  ' ',
  'orders',
  './orders',
  '?a',
  '#a',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '//\\evil.example',
  '/orders\\..\\..\\evil',
  'https:evil.example',
  'https:/evil.example',
  'https://evil.example',
  'HTTPS://evil.example',
  'http://shop.example@evil.example',
  'https://shop.example.evil.example',
  'https://shop.example',
  '\t//evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  '/\r\nSet-Cookie: a=b',
  '/\u0000/evil.example',
  '/\u0085/evil.example',
  '/\u007f/evil.example',
  ' //evil.example',
  '\u00a0//evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  '%2f%2fevil.example',
  '%2Fevil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/a/../..//evil.example',
  '/%2e//evil.example',
  '/%2e%2e//evil.example',
  '/./%2E//evil.example',
  '//[::1',
  '//:80',
  '//',
  'http://[',
  'https://a:b:c',
];

const bases = ['https://shop.example', 'http://shop.example:3000/deep/page?q', 'https://[::1]:8443/a/b'];

const staysHere = (target: string): boolean =>
  /^\/(?![/\\])/.test(target) && bases.every((base) => new URL(target, base).origin === new URL(base).origin);

describe('safeRedirect', () => {
  it.each(hostile)('does not send to %j', (target) => {
    expect(safeRedirect(target, '/home')).toBe('/home');
  });

  it('answers a path of this application for any text', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.string({ unit: 'binary' }), (text) =>
        staysHere(safeRedirect(text, '/home')),
      ),
      { numRuns: 2000 },
    );
  });

  it('answers a path of this application for texts made of what parsers disagree about', () => {
    const piece = fastCheck.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '.',
        '..',
        '%2e',
        '%2f',
        '%5c',
        ':',
        '@',
        '?',
        '#',
        '\t',
        '\n',
        '\u0000',
        ' ',
        '[',
      ],
      ...[
        'evil.example',
        'https:',
        'javascript:',
        'a',
        ';',
        '。',
        '／',
        '\u2028',
        '\ud800',
        '\u200b',
        '|',
        '^',
      ],
    );
    const text = fastCheck.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fastCheck.assert(
      fastCheck.property(text, (rest) => staysHere(safeRedirect(`/${rest}`, '/home'))),
      { numRuns: 20_000 },
    );
  });

  it('reads a path that it has answered the same way again', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.webPath({ size: 'medium' }), (path) => {
        const once = safeRedirect(path, '/home');
        expect(safeRedirect(once, '/other')).toBe(once);
      }),
    );
  });

  it('is done at once with a very long target', () => {
    expect(safeRedirect(`/${'/'.repeat(1_000_000)}`, '/home')).toBe('/home');
    expect(safeRedirect('/a'.repeat(500_000), '/home')).toBe('/a'.repeat(500_000));
  });
});

describe.each(expressVersions)('redirects on Express $version', ({ express }) => {
  it('sends a visitor to the one login page, whatever the referer says', async () => {
    const auth = createAuth({ users: userTable(), secret: secretA, issuer });
    const app = express();
    app.get('/page', requireAuth(auth, { redirectTo: '/login' }));
    await request(app)
      .get('/page?next=//evil.example')
      .set({ Accept: 'text/html', Referer: 'https://evil.example/' })
      .expect(302)
      .expect('Location', '/login');
  });

  it('writes no header of the visitor’s making', async () => {
    const app = express();
    app.get('/go', (req, res) => res.redirect(safeRedirect(req.query['to'], '/home')));
    const answer = await request(app).get('/go?to=/%0d%0aSet-Cookie:%20a=b');
    expect([answer.headers['location'], answer.headers['set-cookie']]).toEqual(['/home', undefined]);
  });
});
