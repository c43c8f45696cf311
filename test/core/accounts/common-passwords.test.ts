import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  commonPasswordList,
  commonPasswordsText,
  mostCommon,
  passwordSources,
  perLength,
  readCommonPasswords,
} from '../../../docs/generator/common-passwords.ts';
import { CommonPasswords } from '../../../src/core/accounts/common-passwords.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const text = readFileSync(pathOf('docs/generator/common-passwords.txt'), 'utf8');
const [ranked = [], more = []] = readCommonPasswords(text);
const common = new CommonPasswords();
const classes = [8, 9, 10, 11, 12, 13, 14, 15].map((length) => [length, mostCommon(ranked, length)] as const);

/** Those of the passwords that are not on the list. */
async function missing(passwords: readonly string[], list = common): Promise<readonly string[]> {
  const found = await Promise.all(passwords.map((password) => list.has(password)));
  return passwords.filter((_, index) => !found[index]);
}

/** The text in the generated file. */
const listIn = /^ {2}'(.*)';$/m;

const fullWidth = (password: string): string =>
  password.replace(/[!-~]/g, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0));

describe('the list', () => {
  it('is what docs/generator/common-passwords.txt says', async () => {
    await expect(commonPasswordList([...ranked, ...more])).toMatchFileSnapshot(
      pathOf('src/core/accounts/common-password-list.ts'),
    );
  });

  it.each(classes)(
    'has the 3,000 most common ones with %i code points and more',
    async (length, passwords) => {
      expect(passwords).toHaveLength(3000);
      expect(passwords.filter((password) => [...password].length < length)).toEqual([]);
      expect(await missing(passwords)).toEqual([]);
    },
  );

  it('has those of the second source', async () => {
    expect(more).toContain('highschoolmusical');
    expect(await missing(more)).toEqual([]);
  });

  it.each([
    ['in capitals', (password: string) => password.toUpperCase()],
    ['in full width', fullWidth],
    ['in capitals of full width', (password: string) => fullWidth(password.toUpperCase())],
    ['between spaces', (password: string) => `  ${password}\t\u00a0`],
    ['between wide spaces', (password: string) => `\u3000${password}\u3000`],
  ])('has each of them %s too', async (_how, variant) => {
    expect(await missing([...ranked, ...more].map(variant))).toEqual([]);
  });

  it.each([[''], ['               '], ['\u3000\u00a0\t\n ']])(
    'has %j, which is nothing',
    async (password) => {
      expect(await common.has(password)).toBe(true);
    },
  );

  it('has no password twice, and none in a form that is not compared', () => {
    expect(new Set([...ranked, ...more]).size).toBe(ranked.length + more.length);
    expect(commonPasswordsText(ranked.join('\n'), '').split('\n\n')[1]?.split('\n')).toEqual(ranked);
  });

  it('has a digest of each, and says nothing else', () => {
    const file = commonPasswordList(['password']);
    const name = createHash('sha256').update('["common-password","password"]').digest('base64url');
    const [, list = ''] = listIn.exec(file) ?? [];
    const rows = list.split(' ');
    const row = Number.parseInt(Buffer.from(name, 'base64url').toString('hex').slice(0, 3), 16);
    expect(rows).toHaveLength(4096);
    expect(rows.findIndex((marks) => marks !== '')).toBe(row);
    expect(rows[row]).toBe(name.slice(2, 6));
  });
});

describe('what is not on the list', () => {
  const random = seededRandom(7);
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-_';
  const any = (length: number): string =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');

  it('is not found: 20,000 random passwords', async () => {
    const passwords = Array.from({ length: 20_000 }, (_, index) => any(8 + (index % 20)));
    expect(await missing(passwords)).toHaveLength(passwords.length);
  });

  it('is not found when its mark begins in the middle of another', async () => {
    const password = any(20);
    const name = createHash('sha256')
      .update(JSON.stringify(['common-password', password]))
      .digest('base64url');
    const rows = Array<string>(4096).fill('');
    const row = Buffer.from(name, 'base64url').readUInt16BE() >> 4;
    rows[row] = `_${name.slice(2, 6)}___`;
    const list = new CommonPasswords(async () => rows.join(' '));
    expect(await list.has(password)).toBe(false);
    rows[row] = `____${name.slice(2, 6)}`;
    expect(await new CommonPasswords(async () => rows.join(' ')).has(password)).toBe(true);
  });

  it.each([['pass word'], ['pässword'], ['passwordx'], ['xpassword'], ['password\u200b']])(
    'is not found for being much like a common one: %j',
    async (password) => {
      const list = new CommonPasswords(async () => listIn.exec(commonPasswordList(['password']))?.[1]);
      expect(await list.has('password')).toBe(true);
      expect(await list.has(password)).toBe(false);
    },
  );
});

describe('loading', () => {
  const whole = Array(4096).fill('').join(' ');

  it('happens at the first look-up, once for all who ask meanwhile', async () => {
    let loads = 0;
    const list = new CommonPasswords(async () => {
      loads += 1;
      return whole;
    });
    expect(loads).toBe(0);
    await Promise.all(['a', 'b', 'c'].map((password) => list.has(password)));
    await list.has('d');
    expect(loads).toBe(1);
  });

  it.each([
    ['the file is not there', async () => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'))],
    ['another file is in its place', async () => undefined],
    ['an empty one is', async () => ''],
    ['half of it is', async () => whole.slice(0, 2000)],
  ])('lets no password pass when %s', async (_what, load) => {
    const list = new CommonPasswords(load);
    for (const password of ['password', 'a password that nobody guesses', '']) {
      await expect(list.has(password)).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        option: 'passwords',
        message: expect.stringContaining('could not be loaded'),
        cause: expect.any(Error),
      });
    }
  });

  it('is tried again after a failure', async () => {
    let loads = 0;
    const list = new CommonPasswords(async () => {
      loads += 1;
      if (loads === 1) throw new Error('too many open files');
      return whole;
    });
    await expect(list.has('password')).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    await expect(list.has('password')).resolves.toBe(false);
  });
});

describe('docs/generator/common-passwords.txt', () => {
  const folder = process.env['OSTIARY_PASSWORD_LISTS'];

  it('names its sources and their license, and so does the notice that is sent', () => {
    const notice = readFileSync(pathOf('THIRD-PARTY-NOTICES'), 'utf8');
    const file = readFileSync(pathOf('src/core/accounts/common-password-list.ts'), 'utf8');
    for (const place of [text, notice, file]) {
      for (const name of ['https://github.com/danielmiessler/SecLists', 'Mark Burnett', 'RockYou', 'MIT']) {
        expect(place).toContain(name);
      }
    }
  });

  it('takes the first of each length, folded, and adds long ones of the second source', () => {
    const million = ['Password', 'PASSWORD', 'short', 'a-password-of-one', 'password'].join('\n');
    const rockyou = ['password', 'only-here', 'Only here, and long', 'a-password-of-one'].join('\n');
    const parts = readCommonPasswords(commonPasswordsText(million, rockyou));
    expect(parts).toEqual([['password', 'a-password-of-one'], ['only here, and long']]);
  });

  it('takes so many of each length and no more', () => {
    const million = Array.from(
      { length: perLength + 5 },
      (_, index) => `word-${String(index).padStart(4, '0')}`,
    );
    const [wanted = []] = readCommonPasswords(commonPasswordsText(million.join('\n'), ''));
    expect(wanted).toEqual(million.slice(0, perLength));
  });

  it.runIf(folder !== undefined)('is what its sources say', async () => {
    const [million = '', rockyou = ''] = Object.values(passwordSources).map(({ file, sha256 }) => {
      const bytes = readFileSync(`${folder}/${file}`);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      return bytes.toString('utf8');
    });
    await expect(commonPasswordsText(million, rockyou)).toMatchFileSnapshot(
      pathOf('docs/generator/common-passwords.txt'),
    );
  });
});
