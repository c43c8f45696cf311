import { describe, expect, it } from 'vitest';
import { type Default, readDefaults } from '../../docs/generator/defaults-page.ts';
import { readTree, type SourceTree } from '../structure/source-tree.ts';

const sources = readTree('src');

/** What the page says of a default and the code does not, as `name: what`. */
function untold(defaults: readonly Default[], tree: SourceTree): readonly string[] {
  const code = [...tree].map(([, text]) => text).join('\n');
  return defaults.flatMap(({ name, option }) => {
    const used = new RegExp(`\\bdefaults\\.${name}\\b`).test(code);
    const chosen = new RegExp(`(fallback: |\\?\\? )defaults\\.${name}\\b`).test(code);
    const [, named] = new RegExp(`(\\w+): \\w+\\(\\{[^{}]*fallback: defaults\\.${name}\\b`).exec(code) ?? [];
    return [
      ...(used ? [] : [`${name}: nothing goes by it`]),
      ...(chosen === (option !== undefined)
        ? []
        : [`${name}: is ${chosen ? '' : 'not '}what an option falls back to`]),
      ...(named === undefined || option?.includes(named) ? [] : [`${name}: its option is ${named}`]),
    ];
  });
}

describe('the page on defaults', () => {
  const defaults = readDefaults(sources);

  it('says of each whether and with what it is changed', () => {
    expect(untold(defaults, sources)).toEqual([]);
  });

  it.each([
    [
      'an option that is there and not said',
      'src/core/login/admission.ts',
      'inLane >= defaults',
      'inLane >= (given ?? defaults',
      'admissionWaitingPerLane: is what',
    ],
    [
      'an option that is said and not there',
      'src/jwt/token-options.ts',
      'fallback: defaults.accessToken',
      'max: defaults.accessToken',
      'accessToken: is not what',
    ],
    [
      'an option of another name',
      'src/jwt/token-options.ts',
      'expiresIn: seconds',
      'life: seconds',
      'accessToken: its option is life',
    ],
    [
      'a number that nothing goes by',
      'src/core/login/admission.ts',
      'defaults.admissionWaiting ',
      '256 ',
      'admissionWaiting: nothing goes by it',
    ],
  ])('would be wrong with %s', (_, path, find, replacement, what) => {
    const text = sources.get(path) ?? '';
    expect(text).toContain(find);
    const changed = new Map([...sources, [path, text.replace(find, replacement)]]);
    expect(untold(defaults, changed).join('\n')).toContain(what);
  });
});
