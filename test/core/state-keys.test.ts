import { expect, it } from 'vitest';
import type { UserId } from '../../src/core/ports/user-store.ts';
import { StateKeys, statePurposes } from '../../src/core/state-keys.ts';

const keys = new StateKeys('');

const ofUser = {
  revocation: (id: UserId, of = keys) => of.revocation(id),
  address: (id: UserId, of = keys) => of.address(id),
  claim: (id: UserId, of = keys) => of.claim(id, 'h'),
  sessions: (id: UserId, of = keys) => of.sessions(id),
};
const ofId = {
  epoch: (id: string, of = keys) => of.epoch(id),
  link: (id: string, of = keys) => of.link(id),
  refresh: (id: string, of = keys) => of.refresh(id),
};

it.each(Object.entries(ofUser))('has another key of %s for each type of an id', (_, keyOf) => {
  expect(new Set([keyOf(1), keyOf('1'), keyOf(1n)]).size).toBe(3);
});

it.each(Object.entries(ofUser))('has another key of %s for each realm', (_, keyOf) => {
  expect(keyOf(1)).not.toBe(keyOf(1, new StateKeys('staff')));
});

it.each(Object.entries(ofId))('has another key of %s for each realm, too', (_, keyOf) => {
  expect(keyOf('e')).not.toBe(keyOf('e', new StateKeys('staff')));
});

it('has a purpose of its own for everything that is about one user or one id', () => {
  expect(Object.keys({ ...ofUser, ...ofId }).sort()).toEqual(Object.keys(statePurposes).sort());
  const all = [...Object.values(ofUser), ...Object.values(ofId)].map((keyOf) => keyOf('1').split(':'));
  expect(new Set(all.map(([purpose]) => purpose)).size).toBe(all.length);
  expect(new Set(all.map(([, name]) => name)).size).toBe(all.length);
});

it('has another claim for each password hash, and for none', () => {
  const hashes = ['h', 'g', '', null, 'null', '"h"'];
  expect(new Set(hashes.map((hash) => keys.claim(1, hash))).size).toBe(hashes.length);
});

it.each([['["s","1"]'], ['s'], ['1'], ['["n","1"]']])(
  'has a key of nobody for %j that no user has',
  (identifier) => {
    const users = ['s', 'n', 'b', '1', 'nobody', identifier].map((id) => keys.revocation(id));
    expect([...users, keys.revocation(1)]).not.toContain(keys.revocationOfNobody(identifier));
    const addresses = ['s', 'n', 'b', '1', 'nobody', identifier].map((id) => keys.address(id));
    expect([...addresses, keys.address(1)]).not.toContain(keys.addressOfNobody(identifier));
  },
);

it('starts a key with its purpose and tells nothing of the id', () => {
  const all = [
    ...Object.values(ofUser).map((keyOf) => keyOf('alice@shop.example')),
    ...Object.values(ofId).map((keyOf) => keyOf('alice')),
    ...[keys.revocationOfNobody('alice'), keys.addressOfNobody('alice'), keys.claim('alice', null)],
  ];
  for (const key of all) {
    expect(Object.keys(statePurposes)).toContain(key.split(':')[0]);
    expect(key).toMatch(/^[a-z]+:[\w-]{43}$/);
  }
});
