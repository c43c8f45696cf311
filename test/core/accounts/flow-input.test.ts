import { describe, expect, it } from 'vitest';
import {
  allFields,
  emailField,
  fieldsOf,
  identifierField,
  optionalField,
  passwordField,
} from '../../../src/core/accounts/flow-input.ts';
import { classifyIdentifier } from '../../../src/core/accounts/identifier.ts';
import { InputError } from '../../../src/index.ts';

describe('the fields of an input', () => {
  it.each([[undefined], [null], ['a text'], [7], [true], [7n], [() => undefined], [Symbol('x')]])(
    'are none when it is %s',
    (input) => {
      expect(fieldsOf(input)).toEqual({});
    },
  );

  it('are its own, and a copy: what is checked is what is used', () => {
    const input: Record<string, unknown> = Object.create({ password: 'of a prototype' });
    input['email'] = 'bob@shop.example';
    const fields = fieldsOf(input);
    input['email'] = 'eve@shop.example';
    expect(fields['email']).toBe('bob@shop.example');
    expect(Object.keys(fields)).toEqual(['email']);
    expect(fields['password']).toBeUndefined();
  });

  it('are read once each', () => {
    let reads = 0;
    const fields = fieldsOf({
      get email() {
        reads += 1;
        return reads === 1 ? 'bob@shop.example' : ['eve@shop.example'];
      },
    });
    expect([fields['email'], fields['email'], reads]).toEqual(['bob@shop.example', 'bob@shop.example', 1]);
  });

  it('change no prototype', () => {
    fieldsOf(JSON.parse('{"__proto__":{"isAdmin":true}}'));
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });
});

describe('fields that were read', () => {
  it('are their values', () => {
    expect(allFields({ one: { value: 1 }, none: { value: undefined } })).toEqual({ one: 1, none: undefined });
  });

  it('are an InputError that names each bad one', () => {
    const fields = { one: { value: 1 }, two: { problem: 'is bad' }, three: { problem: 'is worse' } };
    expect(() => allFields(fields)).toThrow(InputError);
    expect(() => allFields(fields)).toThrow('refused input: two, three');
  });
});

describe('an address', () => {
  it.each([
    ['Bob@Shop.Example', 'bob@shop.example'],
    [' bob@shop.example.\n', 'bob@shop.example'],
    ['bob\uff20shop\uff0eexample', 'bob@shop.example'],
    ['jose\u0301@shop.example', 'jos\u00e9@shop.example'],
    ['bob@localhost', 'bob@localhost'],
  ])('that is %j is read as %j', (typed, value) => {
    expect(emailField(typed)).toEqual({ value });
  });

  it.each([
    [undefined, 'is missing'],
    [null, 'is missing'],
    ['', 'is missing'],
    [' ', 'is missing'],
    [0, 'must be a text, got the number 0'],
    [['a@x', 'b@y'], 'must be a text, got an array'],
    [{ $ne: null }, 'must be a text, got an object'],
    ['bob', 'is not an e-mail address'],
    ['a@x,b@y', 'is not an e-mail address'],
    ['a@x;b@y', 'is not an e-mail address'],
    ['a@x b@y', 'is not an e-mail address'],
    ['Bob <bob@shop.example>', 'is not an e-mail address'],
    ['v@x\uff20evil', 'is not an e-mail address'],
    ['a@x\r\nBcc: b@y', 'has an invisible character'],
    ['bo\u200bb@shop.example', 'has an invisible character'],
    ['bob\ud800@shop.example', 'has an invisible character'],
    [`${'x'.repeat(320)}@shop.example`, 'is too long'],
    ['x'.repeat(65_536), 'is too long'],
  ])('that is %j is refused', (typed, problem) => {
    expect(emailField(typed)).toEqual({ problem: problem });
  });
});

describe('an identifier', () => {
  it('is an address or a user name', () => {
    expect(identifierField('Bob@Shop.Example', classifyIdentifier)).toEqual({
      value: { value: 'bob@shop.example', kind: 'email' },
    });
    expect(identifierField(' Bob ', classifyIdentifier)).toEqual({
      value: { value: 'Bob', kind: 'username' },
    });
  });

  it.each([[undefined], [null], [''], [7], [['bob']], [{ not: '' }], ['a@b@c'], ['bo\u0000b']])(
    'that is %j is refused',
    (typed) => {
      expect(identifierField(typed, classifyIdentifier)).toEqual({ problem: expect.any(String) });
    },
  );
});

describe('a password', () => {
  it.each([[' with spaces '], ['x'], ['x'.repeat(1024)], ['\u{1f600}'.repeat(1024)], ['a\u0000b']])(
    'is taken as it was typed',
    (typed) => {
      expect(passwordField(typed)).toEqual({ value: typed });
    },
  );

  it.each([
    [undefined, 'is missing'],
    [null, 'is missing'],
    ['', 'is missing'],
    [12_345_678, 'must be a text'],
    [['x'], 'must be a text'],
    [Object('x'), 'must be a text'],
    [Buffer.from('x'), 'must be a text'],
    ['x'.repeat(1025), 'is too long'],
    ['x'.repeat(1_000_000), 'is too long'],
    ['x\ud800', 'is not valid text'],
  ])('of another kind is refused: it %#', (typed, problem) => {
    expect(passwordField(typed)).toEqual({ problem });
  });
});

describe('a field that may be left out', () => {
  it.each([[undefined], [null], ['']])('is left out when it is %j', (value) => {
    expect(optionalField(value, passwordField)).toEqual({ value: undefined });
  });

  it.each([[0], [false], [[]], [{}], [' ']])('is read when it is %j', (value) => {
    expect(optionalField(value, emailField)).toHaveProperty('problem');
  });
});
