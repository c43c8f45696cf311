/** The users: an array in place of a table, and the store that lets ostiary work on it. */

const users = [
  {
    _id: 1,
    username: 'adm',
    name: 'adm',
    // Made years ago, with bcrypt of cost 6: the first login replaces it by one of today's cost.
    password: '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW',
    email: 'adm@example.com',
    verified: true,
  },
];
let lastId = 1; // the id of a closed account is never given out again

/** For a page: everybody who has confirmed an address, without the hash. The address itself only its owner sees. */
export function listUsers(reader) {
  return users
    .filter(({ verified }) => verified)
    .map(({ _id, username, name, email }) => ({ _id, username, name, ...(_id === reader._id && { email }) }));
}

/** What `createAuth` takes as `users`. With a database each method is one query. */
export const userStore = {
  async findById(id) {
    return copyOf(byId(id));
  },

  /** People may type either; an e-mail address comes in lower case. */
  async findByIdentifier(identifier, kind) {
    const matches =
      kind === 'email' ? (user) => user.email === identifier : (user) => user.username === identifier;
    return copyOf(users.find(matches));
  },

  toAuthUser(user) {
    return { id: user._id, passwordHash: user.password, email: user.email, emailVerified: user.verified };
  },

  /** `insert into users (…) values (…) on conflict (email) do nothing returning *`: no row came back, it is taken. */
  async create({ email, passwordHash, profile }) {
    if (users.some((user) => user.email === email)) return { ok: false, taken: 'email' };
    lastId += 1;
    const { name } = profile;
    const user = { _id: lastId, username: null, name, password: passwordHash, email, verified: false };
    users.push(user);
    return { ok: true, user: copyOf(user) };
  },

  /**
   * `update users set password = next where _id = id and password = expected`: whether a row was changed. With
   * `registration` somebody has signed up again, with an address that was never confirmed: `set name = …` as well, and
   * `and not verified`, in case it is confirmed at this very moment.
   */
  async updatePasswordHash(id, { next, expected, registration }) {
    const user = byId(id);
    if (user === undefined || user.password !== expected) return false;
    if (registration !== undefined && user.verified) return false;
    user.password = next;
    if (registration !== undefined) user.name = registration.profile.name;
    return true;
  },

  /** `update users set verified = true where _id = id and email = email`: whether a row was changed. */
  async markEmailVerified(id, email) {
    const user = byId(id);
    if (user === undefined || user.email !== email) return false;
    user.verified = true;
    return true;
  },

  /** `update users set email = to, verified = true where _id = id and email = from`; a unique index says `taken`. */
  async replaceEmail(id, { from, to }) {
    const user = byId(id);
    if (user === undefined || user.email !== from) return 'stale';
    if (users.some((other) => other.email === to && other !== user)) return 'taken';
    Object.assign(user, { email: to, verified: true });
    return 'changed';
  },

  /** `delete from users where _id = id`: whether there was one. */
  async delete(id) {
    const index = users.findIndex((user) => user._id === id);
    if (index === -1) return false;
    users.splice(index, 1);
    return true;
  },
};

function byId(id) {
  return users.find((user) => user._id === id);
}

/** A row that was read does not change when the table does: so it is with a database, and ostiary counts on it. */
function copyOf(user) {
  return user && { ...user };
}
