import { describe, expect, it } from 'vitest';
import { readTree } from '../structure/source-tree.ts';
import { falseSteps, tracesOf } from './call-traces.ts';

const tree = readTree('src', 'docs/architecture.md');
const page = tree.get('docs/architecture.md') ?? '';
const [login = [], token = [], registration = [], reset = []] = tracesOf(page);

describe('docs/architecture.md', () => {
  it('traces one login, one token, one registration and one forgotten password', () => {
    expect(tracesOf(page)).toHaveLength(4);
    expect(login.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['authenticate', 'passwordLogin', 'verify', 'start']),
    );
    expect(token.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['requireAuth', 'verifySigned', 'isDead', 'refuseAccess']),
    );
    expect(registration.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['register', 'hashNewPassword', 'later', 'claim', 'signLink', 'deliver']),
    );
    expect(reset.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['requestReset', 'makeForNobody', 'open', 'useFor', 'writePassword']),
    );
  });

  it.each([
    ['the login', login],
    ['the token', token],
    ['the registration', registration],
    ['the forgotten password', reset],
  ])('names files and functions that are there and call each other in this order: %s', (_, trace) => {
    expect(falseSteps(trace, tree)).toEqual([]);
  });
});

describe('a trace is false when', () => {
  const without = (path: string, find: string, replacement: string) => {
    const text = tree.get(path) ?? '';
    expect(text).toContain(find);
    return new Map([...tree, [path, text.replaceAll(find, replacement)]]);
  };

  it('a file is gone', () => {
    const moved = new Map([...tree].filter(([path]) => path !== 'src/core/login/rehash.ts'));
    expect(falseSteps(login, moved).join()).toContain('there is no such file');
  });

  it('a function has another name', () => {
    const renamed = without('src/jwt/key-ring.ts', 'function keyFor', 'function pick');
    expect(falseSteps(token, renamed).join()).toContain('keyFor: there is no such function');
  });

  it('nobody calls it any more', () => {
    const unused = without('src/jwt/verify-signed.ts', 'checkClaims(claims, ', 'trust(claims, ');
    expect(falseSteps(token, unused).join()).toContain('checkClaims: no step before it');
  });

  it('a step is taken sooner than it says', () => {
    const sooner = without(
      'src/core/login/password-login.ts',
      'const candidate = await find(',
      'await parts.rehash.upgrade(parts); const candidate = await find(',
    );
    expect(falseSteps(login, sooner)).toEqual([
      '5 src/core/login/password-login.ts passwordLogin: calls upgrade sooner than the trace says',
    ]);
  });

  it('a link is used before the password is looked at', () => {
    const sooner = without(
      'src/core/accounts/password-reset.ts',
      "const link = await parts.links.open('reset-password', given['token']);",
      "const link = await parts.links.open('reset-password', given['token']);\n  await parts.links.useFor(link, act);",
    );
    expect(falseSteps(reset, sooner).join()).toContain('resetPassword: calls useFor sooner');
  });

  it('the address is looked up before the answer', () => {
    const sooner = without(
      'src/core/accounts/registration.ts',
      'const passwordHash = await hashNewPassword(',
      'await announceRegistration(parts);\n  const passwordHash = await hashNewPassword(',
    );
    expect(falseSteps(registration, sooner).join()).toContain('calls announceRegistration sooner');
  });

  it('two of its rows are exchanged', () => {
    const [, other = ''] = /^\| 6 \|(.*)$/m.exec(page) ?? [];
    const [, one = ''] = /^\| 9 \|(.*)$/m.exec(page) ?? [];
    const exchanged = page.replace(`| 6 |${other}`, `| 6 |${one}`).replace(`| 9 |${one}`, `| 9 |${other}`);
    expect(falseSteps(tracesOf(exchanged)[0] ?? [], tree)).not.toEqual([]);
  });

  it('a step is not counted', () => {
    expect(falseSteps(tracesOf(page.replace('| 7 |', '| 8 |'))[0] ?? [], tree).join()).toContain(
      'not counted',
    );
  });
});
