/** The flows, who comes to each of them, and the controls: the same flow, broken on purpose. */

const known = {};
const nobody = null;
const wrong = 'not the password of anybody here';

/**
 * The first of `kinds` is the reference. `row` is what the table has of each of that kind, `null`: nothing. `share` of the
 * rounds is enough for a control where a request takes its time.
 */
export const flows = [
  {
    name: 'login',
    path: '/login',
    body: ({ login, password = wrong }) => ({ email: login, password }),
    kinds: [
      { name: 'known, wrong password', row: known },
      { name: 'unknown', row: nobody },
      { name: 'old cost', row: { hash: 'old' } },
      { name: 'no hash', row: { hash: null } },
      { name: 'disabled', row: { status: 'disabled' } },
      { name: 'unverified', row: { verified: false } },
      { name: '73 bytes', row: known, password: 'x'.repeat(73) },
      { name: '1 character', row: known, password: 'x' },
    ],
    controls: [
      { broken: 'busy when nobody is found', against: 'unknown', share: 0.5 },
      { broken: 'dummy one step dearer', against: 'unknown', share: 0.1 },
      { broken: 'no dummy', against: 'unknown', share: 0.1 },
    ],
  },
  {
    name: 'register',
    path: '/register',
    body: ({ login }) => ({ email: login, password: wrong }),
    kinds: [
      { name: 'free', row: nobody },
      { name: 'taken, verified', row: known },
      { name: 'taken, pending', row: { verified: false } },
    ],
    controls: [
      { broken: 'busy when taken', against: 'taken, verified', share: 0.5 },
      { broken: 'answers at once when taken', against: 'taken, verified', share: 0.1 },
    ],
  },
  {
    name: 'forgot',
    path: '/forgot',
    body: ({ login }) => ({ email: login }),
    kinds: [
      { name: 'known', row: known },
      { name: 'unknown', row: nobody },
      { name: 'disabled', row: { status: 'disabled' } },
      { name: 'no address', row: { mail: null } },
    ],
    controls: [
      { broken: 'busy when somebody is found', against: 'unknown' },
      { broken: 'waits for a mailer of 1 ms', against: 'unknown' },
      { broken: 'answers at once when unknown', against: 'unknown' },
    ],
  },
];
