/** The flows, who comes to each of them, and the controls: the same flow, broken on purpose. */

const known = {};
const nobody = null;
const wrong = 'not the password of anybody here';

/**
 * The first of `kinds` is the reference. `row` is what the table has of each of that kind, `null`: nothing; `busy` is the
 * method of the table that takes longer for it. One kind of each flow is a control, and so is each application of
 * `broken`, where a kind is compared with the reference. `share` of the rounds is enough for one that cannot be missed.
 */
export const flows = [
  {
    name: 'login',
    path: '/login',
    body: ({ login }) => ({ email: login, password: wrong }),
    kinds: [
      { name: 'known, wrong password', row: known },
      { name: 'unknown', row: nobody },
      { name: 'old cost', row: { hash: 'old' } },
      { name: 'no hash', row: { hash: null } },
      { name: 'disabled', row: { status: 'disabled' } },
      { name: 'unverified', row: { verified: false } },
      { name: 'known, 0.5 ms busier', row: { busy: 'findByIdentifier' }, control: true },
    ],
    broken: [
      { name: 'dummy one step dearer', kind: 'unknown', share: 0.1 },
      { name: 'no dummy', kind: 'unknown', share: 0.1 },
    ],
  },
  ...[
    { name: 'login, 73 bytes', password: 'x'.repeat(73) },
    { name: 'login, 1 character', password: 'x' },
  ].map(({ name, password }) => ({
    name,
    path: '/login',
    body: ({ login }) => ({ email: login, password }),
    kinds: [
      { name: 'known, wrong password', row: known },
      { name: 'unknown', row: nobody },
      { name: 'known, 0.5 ms busier', row: { busy: 'findByIdentifier' }, control: true },
    ],
    broken: [],
  })),
  {
    name: 'register',
    path: '/register',
    body: ({ login }) => ({ email: login, password: wrong }),
    kinds: [
      { name: 'free', row: nobody },
      { name: 'taken, verified', row: known },
      { name: 'taken, pending', row: { verified: false } },
      { name: 'taken, 0.5 ms busier', row: { busy: 'create' }, control: true },
    ],
    broken: [{ name: 'answers at once when taken', kind: 'taken, verified', share: 0.1 }],
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
      { name: 'known, 0.5 ms busier', row: { busy: 'findByIdentifier' }, control: true },
    ],
    broken: [
      { name: 'waits for a mailer of 1 ms', kind: 'unknown' },
      { name: 'answers at once when unknown', kind: 'unknown' },
    ],
  },
];
