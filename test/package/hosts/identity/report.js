/** Loads every entry in both formats into one process, and prints what their errors are to each other. */

import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(import.meta.url);
const names = Object.keys(require('ostiary/package.json').exports).filter(
  (name) => name !== './package.json',
);
const loaders = { import: (name) => import(name), require: async (name) => require(name) };

/** A mistake for each entry to refuse. */
const mistakes = {
  '.': ({ createAuth }) => createAuth({}),
  './jwt': ({ createJwtVerifier }) => createJwtVerifier({}),
  './hashers': ({ bcrypt }) => bcrypt({ cost: 99 }),
  './stores/memory': ({ memoryState }) => memoryState({ size: 1 }),
  './express': ({ requireAuth }) => requireAuth({}),
  './passport': ({ LocalStrategy }) => new LocalStrategy({}),
};

/** What a form can send that `register` refuses: by the class of the refusal, with what the page is told. */
const refusals = {
  InputError: [{ username: 'eve' }, { fields: { password: 'is missing' } }],
  PasswordError: [{ username: 'eve', password: 'passwordpassword' }, { reasons: ['too-common'] }],
  TakenError: [{ username: 'ann', password: 'correct horse battery' }, { fields: { username: 'is taken' } }],
};

const entries = {};
for (const [format, load] of Object.entries(loaders)) {
  entries[format] = {};
  for (const name of names) entries[format][name] = await load(`ostiary${name.slice(1)}`);
}
console.log(JSON.stringify((await Promise.all(Object.keys(loaders).map(reportOf))).flat()));

async function reportOf(format) {
  const own = entries[format];
  const other = entries[format === 'import' ? 'require' : 'import'];
  const errors = names
    .filter((name) => Object.keys(own[name]).length > 0)
    .map((name) => errorLine(format, name, own, other));
  const refused = Object.keys(refusals).map((name) => refusalLine(format, name, own, other));
  const shared = ['fromBearer', 'fromCookie', 'fromHeader'].every(
    (name) => own['./express'][name] === own['./passport'][name],
  );
  return [
    ...errors,
    ...(await Promise.all(refused)),
    `${format} express and passport: ${shared ? 'one fromBearer' : 'two of fromBearer'}`,
  ];
}

function errorLine(format, name, own, other) {
  const error = thrownBy(() => mistakes[name](own[name]));
  const { AuthError, ConfigError } = own['.'];
  const facts = {
    AuthError: error instanceof AuthError,
    ConfigError: error instanceof ConfigError,
    is: AuthError.is(error, 'ERR_CONFIG_INVALID') && !AuthError.is(error, 'ERR_TOKEN_INVALID'),
    isOfOther: other['.'].AuthError.is(error, 'ERR_CONFIG_INVALID'),
    problemOfOther: other['./express'].problemOf(error).code === 'ERR_CONFIG_INVALID',
  };
  return factLine(`${format} ${name}`, facts);
}

async function refusalLine(format, name, own, other) {
  const [input, told] = refusals[name];
  const error = await doorOf(own)
    .register(input)
    .catch((refusal) => refusal);
  const problem = other['./express'].problemOf(error);
  return factLine(`${format} ${name}`, {
    [name]: error instanceof own['.'][name],
    AuthError: error instanceof own['.'].AuthError,
    isOfOther: other['.'].AuthError.is(error, error.code),
    problemOfOther: isDeepStrictEqual({ ...problem, ...told }, problem),
  });
}

/** A doorkeeper over a table in which everybody is already. */
function doorOf(own) {
  return own['.'].createAuth({
    secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
    issuer: 'https://shop.example',
    users: {
      findById: async () => null,
      findByIdentifier: async () => null,
      toAuthUser: (row) => row,
      create: async () => ({ ok: false, taken: 'username' }),
    },
    hasher: own['./hashers'].scrypt({ logN: 10 }),
    state: own['./stores/memory'].memoryState(),
  });
}

function factLine(what, facts) {
  const wrong = Object.keys(facts).filter((fact) => !facts[fact]);
  return `${what}: ${wrong.length === 0 ? 'one class' : `not ${wrong.join(', ')}`}`;
}

function thrownBy(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
