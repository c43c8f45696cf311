import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonObject } from '../../src/jwt/strict-json.ts';

/** Objects that no reader doubts. */
const plain = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  fc.jsonValue({ maxDepth: 4 }),
);

describe('readJsonObject', () => {
  it('reads what JSON.parse reads of every plain object, however it is laid out', () => {
    fc.assert(
      fc.property(plain, fc.constantFrom('', ' ', '\n', '\t\r\n'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('__proto__'));
        expect(readJsonObject(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses every object with a name twice, wherever it stands and however it is written', () => {
    fc.assert(
      fc.property(
        fc.string().filter((name) => name !== '__proto__'),
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom('{?}', '{"a":{?}}', '{"a":[0,{?}]}', '{"a":[{"b":{?}}],"c":1}'),
        (name, value, around) => {
          const escaped = name.replace(
            /[\s\S]/g,
            (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
          );
          const json = JSON.stringify(value);
          const twice = `${JSON.stringify(name)}:${json},"${escaped}":${json}`;
          fc.pre(!json.includes('__proto__'));
          const text = around.replace('?', () => twice);
          expect(JSON.parse(text)).toBeTypeOf('object');
          expect(readJsonObject(text)).toBeNull();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    '',
    ' ',
    'x',
    '{',
    '}',
    '{"a":1}x',
    "{'a':1}",
    '{a:1}',
    '{"a":1,}',
    '[]',
    '"x"',
    '1',
    'null',
    'true',
  ])('refuses %j', (text) => {
    expect(readJsonObject(text)).toBeNull();
  });

  it.each([
    ['{"__proto__":1}'],
    ['{"\\u005f\\u005fproto\\u005f_":1}'],
    ['{"a":{"__proto__":null}}'],
    ['{"a":[[{"__proto__":[]}]]}'],
  ])('refuses %s', (text) => {
    expect(readJsonObject(text)).toBeNull();
  });

  it.each([
    ['texts that look like names', '{"a":"\\"a\\":1","b":"{\\"a\\":","c":"__proto__"}'],
    ['brackets in texts', '{"a":"}{][","b":{"a":"]"}}'],
    ['escaped backslashes', '{"a":"\\\\","b":"\\\\\\"","c\\\\":1}'],
    ['names of one object in another', '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}'],
    ['names that differ in case', '{"a":1,"A":2}'],
    ['an empty name', '{"":1,"a":{"":2}}'],
    ['members of every object', '{"constructor":1,"toString":2,"hasOwnProperty":3}'],
    ['line separators', '{"a":"\u2028","b\u2029":1}'],
  ])('reads %s', (_what, text) => {
    expect(readJsonObject(text)).toEqual(JSON.parse(text));
  });

  it('reads 16 levels and not 17', () => {
    const levels = (count: number) => `{"a":${'['.repeat(count - 1)}${']'.repeat(count - 1)}}`;
    expect(readJsonObject(levels(16))).not.toBeNull();
    expect(readJsonObject(levels(17))).toBeNull();
    expect(readJsonObject(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`)).toBeNull();
    expect(readJsonObject(levels(100_000))).toBeNull();
  });
});
