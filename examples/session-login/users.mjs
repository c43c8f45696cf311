/** The users: an array in place of a table, and the store that lets ostiary work on it. */

const users = [
  {
    _id: 1,
    username: 'adm',
    // Made years ago, with bcrypt of cost 6: the first login replaces it by one of today's cost.
    password: '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW',
    email: 'adm@example.com',
  },
];

/** For pages: everybody, without the hash. */
export function listUsers() {
  return users.map(({ _id, username, email }) => ({ _id, username, email }));
}

/** What `createAuth` takes as `users`. With a database each method is one query. */
export const userStore = {
  async findById(id) {
    return copyOf(users.find((user) => user._id === id));
  },

  /** People may type either; an e-mail address comes in lower case. */
  async findByIdentifier(identifier, kind) {
    const matches =
      kind === 'email' ? (user) => user.email === identifier : (user) => user.username === identifier;
    return copyOf(users.find(matches));
  },

  toAuthUser(user) {
    return { id: user._id, passwordHash: user.password, email: user.email };
  },

  /** `update users set password = next where _id = id and password = expected`: whether a row was changed. */
  async updatePasswordHash(id, { next, expected }) {
    const user = users.find((each) => each._id === id);
    if (user === undefined || user.password !== expected) return false;
    user.password = next;
    return true;
  },
};

/** A row that was read does not change when the table does: so it is with a database, and ostiary counts on it. */
function copyOf(user) {
  return user && { ...user };
}
