import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { type AuthErrorsOptions, authErrors } from '../../src/express/index.ts';
import { httpAnswerOf } from '../../src/http/problem.ts';
import { httpStatus } from '../../src/http/status.ts';
import {
  AuthError,
  type AuthErrorCode,
  ConfigError,
  InputError,
  PasswordError,
  RetryError,
  TakenError,
} from '../../src/index.ts';
import { expressVersions } from '../support/passport-app.ts';

const html = { Accept: 'text/html,*/*;q=0.8' };

/** Every code, with the answer it must get. A new code does not compile here until it has a row. */
const answers: Readonly<Record<AuthErrorCode, readonly [AuthError, number, string, object]>> = {
  ERR_LOGIN_REJECTED: [new AuthError('ERR_LOGIN_REJECTED', 'secret'), 401, 'Unauthorized', {}],
  ERR_ACCOUNT_PASSWORD_UNACCEPTABLE: [
    new PasswordError(['too-short', 'too-common'], { newPassword: 'must have at least 15 characters' }),
    422,
    'Unprocessable Content',
    {
      reasons: ['too-short', 'too-common'],
      fields: { newPassword: 'must have at least 15 characters' },
    },
  ],
  ERR_ACCOUNT_IDENTIFIER_TAKEN: [
    new TakenError('username'),
    409,
    'Conflict',
    { fields: { username: 'is taken' } },
  ],
  ERR_ACCOUNT_LINK_INVALID: [new AuthError('ERR_ACCOUNT_LINK_INVALID', 'secret'), 400, 'Bad Request', {}],
  ERR_TOKEN_MISSING: [new AuthError('ERR_TOKEN_MISSING', 'secret'), 401, 'Unauthorized', {}],
  ERR_TOKEN_INVALID: [new AuthError('ERR_TOKEN_INVALID', 'secret'), 401, 'Unauthorized', {}],
  ERR_TOKEN_EXPIRED: [new AuthError('ERR_TOKEN_EXPIRED', 'secret'), 401, 'Unauthorized', {}],
  ERR_TOKEN_REVOKED: [new AuthError('ERR_TOKEN_REVOKED', 'secret'), 401, 'Unauthorized', {}],
  ERR_TOKEN_REUSED: [new AuthError('ERR_TOKEN_REUSED', 'secret'), 401, 'Unauthorized', {}],
  ERR_REQUEST_AMBIGUOUS: [new AuthError('ERR_REQUEST_AMBIGUOUS', 'secret'), 400, 'Bad Request', {}],
  ERR_ACCESS_SCOPE: [new AuthError('ERR_ACCESS_SCOPE', 'secret'), 403, 'Forbidden', {}],
  ERR_ACCESS_ROLE: [new AuthError('ERR_ACCESS_ROLE', 'secret'), 403, 'Forbidden', {}],
  ERR_ACCESS_STALE: [new AuthError('ERR_ACCESS_STALE', 'secret'), 401, 'Unauthorized', {}],
  ERR_CSRF_REJECTED: [new AuthError('ERR_CSRF_REJECTED', 'secret'), 403, 'Forbidden', {}],
  ERR_INPUT_INVALID: [
    new InputError({ password: 'is missing' }),
    400,
    'Bad Request',
    { fields: { password: 'is missing' } },
  ],
  ERR_STATE_UNAVAILABLE: [
    new RetryError('ERR_STATE_UNAVAILABLE', 'secret', { retryAfterSeconds: 3, cause: new Error('secret') }),
    503,
    'Service Unavailable',
    { retryAfterSeconds: 3 },
  ],
  ERR_SERVER_BUSY: [
    new RetryError('ERR_SERVER_BUSY', 'secret', { retryAfterSeconds: 1 }),
    503,
    'Service Unavailable',
    { retryAfterSeconds: 1 },
  ],
  ERR_CONFIG_INVALID: [new ConfigError('users.secret', 'secret'), 500, 'Internal Server Error', {}],
};
/** Codes other than those of a 401 for which RFC 6750 has a word. */
const challenged: readonly AuthErrorCode[] = ['ERR_REQUEST_AMBIGUOUS', 'ERR_ACCESS_SCOPE'];
const rows = Object.entries(answers) as [AuthErrorCode, (typeof answers)[AuthErrorCode]][];

describe('the statuses', () => {
  it('are there for every code', () => {
    expect(Object.keys(httpStatus).sort()).toEqual(Object.keys(answers).sort());
  });
});

describe.each(expressVersions)('authErrors on Express $version', ({ express }) => {
  const make = (error: unknown, options?: AuthErrorsOptions, started = false) => {
    const app = express();
    app.engine('txt', (_path, locals, done) => {
      const { title, status, code, reasons, fields } = locals as unknown as Record<string, unknown>;
      done(null, `view ${JSON.stringify({ title, status, code, reasons, fields })}`);
    });
    app.set('view engine', 'txt');
    app.set('views', new URL('../support/views', import.meta.url).pathname);
    app.get('/', (_req, res, next) => {
      if (started) res.write('half');
      next(error);
    });
    app.use(authErrors(options));
    app.use(((late: unknown, _req: unknown, res: import('express').Response, _next: unknown) => {
      if (res.headersSent) res.end(late === error ? ' and on' : ' and another error');
      else res.status(500).send(late instanceof Error ? `on: ${late.message}` : 'on');
    }) as import('express').ErrorRequestHandler);
    return app;
  };

  it.each(rows)(
    'answers %s with its status and its problem document',
    async (code, [error, status, title, more]) => {
      const answer = await request(make(error)).get('/');
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.text).toBe(JSON.stringify({ type: 'about:blank', title, status, code, ...more }));
      expect('www-authenticate' in answer.headers).toBe(status === 401 || challenged.includes(code));
      const { retryAfterSeconds } = more as { retryAfterSeconds?: number };
      expect(answer.headers['retry-after']).toBe(retryAfterSeconds && String(retryAfterSeconds));
    },
  );

  it.each(rows)(
    'renders a view for %s with the same document',
    async (code, [error, status, title, more]) => {
      const answer = await request(make(error, { view: 'refusal' }))
        .get('/')
        .set(html);
      expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
        status,
        'text/html; charset=utf-8',
        'no-store',
      ]);
      const { reasons, fields } = more as { reasons?: object; fields?: object };
      expect(answer.text).toBe(`view ${JSON.stringify({ title, status, code, reasons, fields })}`);
    },
  );

  it.each([['*/*'], ['application/json'], ['application/json,text/html;q=0.9'], ['image/png'], ['']])(
    'answers a client that accepts %j with JSON although there is a view',
    async (accept) => {
      const app = make(new AuthError('ERR_ACCESS_ROLE', 'x'), { view: 'refusal' });
      const answer = await request(app).get('/').set('Accept', accept);
      expect([answer.status, answer.headers['content-type']]).toEqual([403, 'application/problem+json']);
    },
  );

  it('answers a browser with JSON when there is no view', async () => {
    const answer = await request(make(new AuthError('ERR_ACCESS_ROLE', 'x')))
      .get('/')
      .set(html);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it('answers a HEAD without a body', async () => {
    const answer = await request(make(new AuthError('ERR_ACCESS_ROLE', 'x'))).head('/');
    expect([answer.status, answer.text]).toEqual([403, undefined]);
  });

  it('keeps the challenge that the guard has set', async () => {
    const error = new AuthError('ERR_ACCESS_STALE', 'x');
    Object.assign(error, httpAnswerOf(error, { issuer: 'https://shop.example', maxAgeSeconds: 60 }));
    const answer = await request(make(error)).get('/');
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="https://shop.example", error="insufficient_user_authentication", max_age="60"',
    );
  });

  it.each([
    ['an error of the application', new Error('mine'), 'on: mine'],
    [
      'an error that only looks like ours',
      Object.assign(new Error('mine'), { code: 'ERR_ACCESS_ROLE' }),
      'on: mine',
    ],
    ['a text', 'mine', 'on'],
    ['an object', { code: 'ERR_ACCESS_ROLE', status: 200 }, 'on'],
  ])('hands on %s', async (_what, error, text) => {
    const answer = await request(make(error)).get('/');
    expect([answer.status, answer.text]).toEqual([500, text]);
  });

  it('takes an error of the package’s other copy for one of ours', async () => {
    class Copy extends Error {
      readonly code = 'ERR_ACCESS_ROLE';
    }
    const error = Object.defineProperty(new Copy('x'), Symbol.for('ostiary.AuthError'), { value: true });
    expect((await request(make(error)).get('/')).status).toBe(403);
  });

  it('hands on what comes after the answer has begun', async () => {
    const answer = await request(make(new AuthError('ERR_ACCESS_ROLE', 'x'), undefined, true)).get('/');
    expect([answer.status, answer.text]).toEqual([200, 'half and on']);
  });

  it('tells a mistake of the set-up to the process and not to the visitor', async () => {
    const heard: (Error & { code?: string })[] = [];
    const listen = (warning: Error): void => {
      heard.push(warning);
    };
    process.on('warning', listen);
    try {
      const answer = await request(make(new ConfigError('users.findById', 'the-message'))).get('/');
      expect([answer.status, answer.body.code]).toEqual([500, 'ERR_CONFIG_INVALID']);
      expect(answer.text).not.toContain('the-message');
      expect(answer.text).not.toContain('findById');
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', listen);
    }
    expect(
      heard.filter(({ code }) => code === 'OSTIARY_CONFIG_INVALID').map(({ message }) => message),
    ).toEqual(['users.findById: the-message']);
  });
});

describe('the options of authErrors', () => {
  it.each([
    [{ view: '' }],
    [{ view: null }],
    [{ view: 7 }],
    [{ view: [] }],
    [{ views: 'error' }],
    [7],
    ['error'],
    [[]],
  ])('refuse %j', (options) => {
    expect(() => authErrors(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    );
  });
});
