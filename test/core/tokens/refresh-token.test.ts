import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/core/secrets.ts';
import type { RefreshFamily } from '../../../src/core/tokens/refresh-family.ts';
import { isGenuine, readRefreshToken, refreshTokenOf } from '../../../src/core/tokens/refresh-token.ts';
import { secretA, secretB } from '../../support/fixed-secret.ts';

const secrets = new Secrets(secretA, '');
const both = new Secrets([secretB, secretA], '');
const id = 'A'.repeat(22);
const familyOf = (changes: Partial<RefreshFamily> = {}): RefreshFamily => ({
  ...{ user: ['n', '1'], scopes: [], claims: {}, authentication: null, gen: null },
  ...{ start: 0, end: 1, epoch: '', made: 0, accessEnd: 0, device: null },
  ...{ seed: 'S'.repeat(22), secretId: secrets.current('refresh-token').secretId, generation: 1 },
  ...changes,
});
const textOf = (changes: Partial<RefreshFamily> = {}, by = secrets, name = id): string =>
  refreshTokenOf(by, name, familyOf(changes));
const genuine = (text: string, by = secrets, family = familyOf()): boolean => {
  const token = readRefreshToken(text);
  return token !== null && isGenuine(by, token, family);
};

describe('the text of a refresh token', () => {
  it('is the same whenever it is made', () => {
    expect(textOf()).toBe(textOf());
    expect(textOf({ made: 99, device: 'd', epoch: 'e' })).toBe(textOf());
  });

  it('names the family and the number, and proves both with 256 bits', () => {
    const token = readRefreshToken(textOf({ generation: 258 }));
    expect(token).toMatchObject({ id, generation: 258 });
    expect(Buffer.from(token?.proof ?? '', 'base64url')).toHaveLength(32);
    expect(textOf()).toMatch(/^[\w-]{22}\.[\w-]{48}$/);
  });

  it('shows nothing of the seed, the user or the secret', () => {
    for (const hidden of ['SSSS', secretA.slice(0, 8), familyOf().secretId]) {
      expect(textOf()).not.toContain(hidden);
    }
  });

  it('is another for another number, seed, name, secret or realm', () => {
    const texts = [
      textOf(),
      textOf({ generation: 2 }),
      textOf({ seed: 'T'.repeat(22) }),
      textOf({}, secrets, `${'A'.repeat(21)}Q`),
      textOf({ secretId: both.current('refresh-token').secretId }, both),
      textOf({}, new Secrets(secretA, 'staff')),
    ];
    expect(new Set(texts.map((text) => text.slice(-43))).size).toBe(texts.length);
  });

  it('has one form only', () => {
    const text = textOf();
    const odd: unknown[] = [undefined, null, 7, {}, [text], '', '.', id, `${id}.`];
    odd.push(` ${text}`, `${text} `, `${text}\n`, `${text}=`, `${text}A`, text.slice(0, -1), `.${text}`);
    odd.push(text.replace('.', ':'), text.replace('.', '..'), text.replace('A', '+'), text.replace('A', 'Á'));
    for (const one of odd) expect(readRefreshToken(one), String(one)).toBeNull();
    expect(readRefreshToken(text)).not.toBeNull();
  });
});

describe('isGenuine', () => {
  it('knows every token of the family, the spent and the coming ones too', () => {
    for (const generation of [1, 2, 3, 4_294_967_295]) {
      expect(genuine(textOf({ generation }), secrets, familyOf({ generation: 2 }))).toBe(true);
    }
  });

  it('refuses the proof of another number, seed, name, secret or realm', () => {
    const raised = Buffer.from(textOf().slice(23), 'base64url');
    raised.writeUInt32BE(2);
    const forged = [
      `${id}.${raised.toString('base64url')}`,
      textOf({ seed: 'T'.repeat(22) }),
      `${id}.${textOf({}, secrets, `${'A'.repeat(21)}Q`).slice(23)}`,
      textOf({ secretId: both.current('refresh-token').secretId }, both),
      textOf({}, new Secrets(secretA, 'staff')),
    ];
    for (const text of forged) expect(genuine(text)).toBe(false);
    expect(genuine(textOf())).toBe(true);
  });

  it('refuses a token with a single bit changed', () => {
    const bytes = Buffer.from(textOf().slice(23), 'base64url');
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(genuine(`${id}.${changed.toString('base64url')}`)).toBe(false);
    }
  });

  it('knows the tokens of every secret that is listed, and of no other', () => {
    expect(genuine(textOf(), both)).toBe(true);
    expect(genuine(textOf(), new Secrets(secretB, ''))).toBe(false);
  });
});
