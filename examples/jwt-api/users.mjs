/** The users: an array in place of a table, and the store that lets ostiary work on it. */

const users = [
  {
    id: 1,
    name: 'abc',
    // Of the password 123, made with `npx ostiary hash`.
    passwordHash: '$2b$12$9fMkynGfi2JlCNhKosdQ0OIQvbSU6odNo9MVgTtKoec1Rgka5xUmy',
  },
];

/** What `createAuth` takes as `users`. With a database each of the first two is one query. */
export const userStore = {
  async findById(id) {
    return users.find((user) => user.id === id);
  },

  async findByIdentifier(name) {
    return users.find((user) => user.name === name);
  },

  toAuthUser(user) {
    return { id: user.id, passwordHash: user.passwordHash };
  },
};
