import { expect, it } from 'vitest';
import { StateKeys, statePurposes } from '../../src/core/state-keys.ts';

const keys = new StateKeys('');

it('has another key for each type of an id', () => {
  expect(new Set([keys.revocation(1), keys.revocation('1'), keys.revocation(1n)]).size).toBe(3);
});

it('has another key for each realm', () => {
  expect(keys.revocation(1)).not.toBe(new StateKeys('staff').revocation(1));
  expect(keys.epoch('e')).not.toBe(new StateKeys('staff').epoch('e'));
});

it.each([['["s","1"]'], ['s'], ['1'], ['["n","1"]']])(
  'has a key of nobody for %j that no user has',
  (identifier) => {
    const users = ['s', 'n', 'b', '1', 'nobody', identifier].map((id) => keys.revocation(id));
    expect([...users, keys.revocation(1)]).not.toContain(keys.revocationOfNobody(identifier));
  },
);

it('starts a key with its purpose and tells nothing of the id', () => {
  const all = [keys.revocation('alice@shop.example'), keys.revocationOfNobody('alice'), keys.epoch('alice')];
  for (const key of all) {
    expect(Object.keys(statePurposes)).toContain(key.split(':')[0]);
    expect(key).toMatch(/^[a-z]+:[\w-]{43}$/);
  }
});
