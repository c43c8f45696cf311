import { describe, expect, it } from 'vitest';
import { readTree } from '../structure/source-tree.ts';
import { falseSteps, tracesOf } from './call-traces.ts';

const tree = readTree('src', 'docs/architecture.md');
const page = tree.get('docs/architecture.md') ?? '';
const [login = [], token = []] = tracesOf(page);

describe('docs/architecture.md', () => {
  it('traces one login and one token', () => {
    expect(tracesOf(page)).toHaveLength(2);
    expect(login.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['authenticate', 'passwordLogin', 'verify', 'start']),
    );
    expect(token.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['requireAuth', 'verifySigned', 'isDead', 'refuseAccess']),
    );
  });

  it.each([
    ['the login', login],
    ['the token', token],
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
