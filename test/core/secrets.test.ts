import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import { Secrets } from '../../src/core/secrets.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';

describe('Secrets refuses', () => {
  it.each<[unknown, string]>([
    [undefined, 'secret'],
    ['', 'secret'],
    [null, 'secret'],
    [7, 'secret'],
    [true, 'secret'],
    [{}, 'secret'],
    [() => secretA, 'secret'],
    [Buffer.from(secretA), 'secret'],
    [Object(secretA), 'secret'],
    [[], 'secret'],
    [[null], 'secret.0'],
    [[''], 'secret.0'],
    [[undefined], 'secret.0'],
    [[secretA, ''], 'secret.1'],
    [[secretA, 'short'], 'secret.1'],
    [[[secretA]], 'secret.0'],
    [[secretA, secretA], 'secret'],
    [secretA.slice(0, 31), 'secret'],
    ['x'.repeat(64), 'secret'],
    ['abcabcabcabcabcabcabcabcabcabcabcabc', 'secret'],
    ['change-me-change-me-change-me-change-me', 'secret'],
    ['CHANGE_THIS_to_something_long_1234567890', 'secret'],
    ['keyboard cat keyboard cat keyboard cat', 'secret'],
    ['your-secret-goes-in-this-place-0123456789', 'secret'],
    ['my_secret_of_the_application_0123456789', 'secret'],
    ['replace-me-with-something-0123456789abcdef', 'secret'],
    ['a-placeholder-0123456789-abcdefghijklmnop', 'secret'],
    ['jwt-secret-0123456789-abcdefghijklmnopqrst', 'secret'],
  ])('%j', (secret, option) => {
    expect(refusal(secret)).toMatchObject({ code: 'ERR_CONFIG_INVALID', option });
  });

  it.each([
    ['change-me-Zk7qWm2pXr9vLt4sHd8fJb3nGc6y'],
    ['ZkqWmpXrvLtsHdfJbnGcyA'],
    [[secretA, 'ZkqWmpXrvLtsHdfJbnGcyA']],
    [[secretA, secretA]],
  ])('without ever telling it', (secret) => {
    const told = refusal(secret);
    const texts = [told.message, told.stack ?? '', JSON.stringify(told)].join('\n');
    for (const one of [secret].flat()) expect(texts).not.toContain(one);
  });
});

describe('the message of a refusal', () => {
  it.each([[undefined], [''], [[]], ['short'], ['x'.repeat(64)]])(
    'for %j holds a command that makes a good one',
    (secret) => {
      const [, script] = /node -e "(.+)"/.exec(refusal(secret).message) ?? [];
      const made = execFileSync(process.execPath, ['-e', script ?? ''], { encoding: 'utf8' }).trim();
      expect(Buffer.from(made, 'base64url')).toHaveLength(32);
      expect(() => new Secrets(made, '')).not.toThrow();
    },
  );
});

describe('Secrets', () => {
  it.each([[secretA], [secretA.slice(0, 32)], ['ü'.repeat(4) + secretA.slice(0, 24)]])(
    'takes %j',
    (secret) => {
      expect(new Secrets(secret, '').current('epoch').key).toHaveLength(32);
    },
  );

  it('signs with the first and finds all', () => {
    const both = new Secrets([secretB, secretA], '');
    const old = new Secrets(secretA, '').current('epoch');
    expect(both.current('epoch')).toEqual(new Secrets(secretB, '').current('epoch'));
    expect(both.byId('epoch', old.secretId)).toEqual(old);
    expect(both.all('epoch').map(({ secretId }) => secretId)).toHaveLength(2);
  });

  it('does not find a secret that is not listed', () => {
    const old = new Secrets(secretA, '').current('epoch');
    expect(new Secrets(secretB, '').byId('epoch', old.secretId)).toBeUndefined();
  });

  it('makes another key for every purpose, realm and secret', () => {
    const keys = [secretA, secretB].flatMap((secret) =>
      ['', 'staff'].flatMap((realm) =>
        ['epoch', 'identifier'].map((purpose) => new Secrets(secret, realm).current(purpose)),
      ),
    );
    expect(new Set(keys.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(8);
  });

  it('makes the same key again', () => {
    expect(new Secrets(secretA, 'staff').current('epoch')).toEqual(
      new Secrets(secretA, 'staff').current('epoch'),
    );
  });

  it('names a secret by something that is no part of it or its keys', () => {
    const { secretId, key } = new Secrets(secretA, '').current('epoch');
    expect(secretId).toMatch(/^[\w-]{8}$/);
    expect(secretA).not.toContain(secretId);
    expect(Buffer.from(key).toString('base64url')).not.toContain(secretId);
  });
});

function refusal(secret: unknown): ConfigError {
  try {
    new Secrets(secret, '');
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.unreachable('the secret was taken');
}
