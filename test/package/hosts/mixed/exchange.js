/** Hands the parts that one format has made to a doorkeeper of the other, and prints what comes of it. */

import { createRequire } from 'node:module';
import { customerTable } from '../customer-table.cjs';
import { openInbox } from '../inbox.cjs';

const require = createRequire(import.meta.url);
const loaders = { import: (name) => import(name), require: async (name) => require(name) };
const issuer = 'https://shop.example';
const right = { identifier: 'ann', password: 'right password' };
const wrong = { identifier: 'ann', password: 'wrong password' };
const ann = { id: 7, passwordHash: '$2b$04$mpIqDV4PORb7U8pVy2y73.jeM4vWq2ijWlgE8oBFP99ZnFGU3YpmG' };

/** What each part of `made` does in the hands of `using`, the other format. */
const parts = {
  async ring(made, using) {
    const key = 'Zq9fR2mXk7TtB4yLw1NcPj6HsVd8gEa3';
    const keys = made.createKeyRing([{ kid: 'ours', algorithm: 'HS256', key }]);
    const auth = doorOf(using, { tokens: { keys } });
    const { accessToken } = await auth.tokens.issue(ann);
    const verifier = using.createJwtVerifier({ keys, issuer, audience: issuer, typ: 'at+jwt' });
    const [header] = accessToken.split('.');
    return [
      JSON.parse(Buffer.from(header, 'base64url').toString()).kid,
      await subject(auth.tokens, accessToken),
      await subject(verifier, accessToken),
      await subject(auth.tokens, forged(accessToken)),
      await subject(verifier, forged(accessToken)),
    ];
  },

  async hasher(made, using) {
    const auth = doorOf(using, { hasher: made.bcrypt({ cost: 4 }) });
    return [await outcome(() => auth.login(right)), await outcome(() => auth.login(wrong))];
  },

  /** One store behind a doorkeeper of each format: what one revokes and ends, the other lets in no more. */
  async memoryState(made, using) {
    const state = made.memoryState();
    const [ours, theirs] = [doorOf(made, { state }), doorOf(using, { state })];
    const { accessToken } = await ours.tokens.issue(ann);
    const stamp = await ours.sessions.start(ann);
    const before = [
      await subject(theirs.tokens, accessToken),
      (await theirs.sessions.resume(stamp)) !== null,
    ];
    await theirs.tokens.revoke(accessToken);
    await theirs.sessions.end({ userId: ann.id, sessionId: stamp.id });
    return [...before, await subject(ours.tokens, accessToken), (await ours.sessions.resume(stamp)) !== null];
  },

  /** What one mails, the other opens, once. */
  async link(made, using) {
    const table = customerTable({
      customer_id: 7,
      name: 'ann',
      pwd: ann.passwordHash,
      mail: 'ann@mail.example',
    });
    const inbox = openInbox();
    const shared = {
      users: table.users,
      state: made.memoryState(),
      links: { resetPassword: 'https://shop.example/account/reset' },
      notifier: inbox.notifier,
    };
    const [ours, theirs] = [doorOf(made, shared), doorOf(using, shared)];
    await ours.passwords.requestReset({ identifier: 'ann' });
    const { token } = await inbox.next();
    const reset = (auth, newPassword) =>
      outcome(async () => ({ status: (await auth.passwords.reset({ token, newPassword })).user.name }));
    return [
      await reset(theirs, 'passwordpassword'),
      await reset(theirs, 'correct horse battery'),
      await reset(ours, 'staple horse battery'),
    ];
  },

  async LocalStrategy(made, using) {
    const strategy = new made.LocalStrategy(doorOf(using));
    return [await passportOutcome(strategy, right), await passportOutcome(strategy, wrong)];
  },
};

const formats = {};
for (const [format, load] of Object.entries(loaders)) {
  const names = ['ostiary', 'ostiary/hashers', 'ostiary/jwt', 'ostiary/passport', 'ostiary/stores/memory'];
  formats[format] = Object.assign({}, ...(await Promise.all(names.map(load))));
}
const lines = [];
for (const [maker, user] of [
  ['import', 'require'],
  ['require', 'import'],
]) {
  for (const [name, act] of Object.entries(parts)) {
    const said = await act(formats[maker], formats[user]).catch((error) => [
      `${error.code}: ${error.message}`,
    ]);
    lines.push(`${name} of ${maker} in ${user}: ${said.join(', ')}`);
  }
}
console.log(JSON.stringify(lines));

/** A doorkeeper over a table of one row. */
function doorOf({ createAuth, bcrypt, memoryState }, given) {
  return createAuth({
    secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
    issuer,
    users: {
      findById: async (id) => (String(id) === '7' ? ann : null),
      findByIdentifier: async (name) => (name === 'ann' ? ann : null),
      toAuthUser: (row) => row,
    },
    hasher: bcrypt({ cost: 4 }),
    state: memoryState(),
    ...given,
  });
}

function subject(tokens, token) {
  return outcome(async () => ({ status: (await tokens.verify(token)).sub }));
}

async function outcome(act) {
  try {
    return (await act()).status;
  } catch (error) {
    return error.code;
  }
}

/** Another subject under the old signature. */
function forged(token) {
  const [header, claims, signature] = token.split('.');
  const payload = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: '1' };
  return [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
}

/** As Passport calls it. */
function passportOutcome(strategy, { identifier, password }) {
  return new Promise((resolve) => {
    const exits = {
      success: (user) => resolve(`user ${user.id}`),
      fail: (_challenge, status) => resolve(status),
      error: (error) => resolve(error.code),
    };
    const request = { method: 'POST', headers: {}, body: { username: identifier, password } };
    Object.assign(Object.create(strategy), exits).authenticate(request, { session: false });
  });
}
