/** Loads every entry in both formats into one process, and prints what their errors are to each other. */

import { createRequire } from 'node:module';

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

const entries = {};
for (const [format, load] of Object.entries(loaders)) {
  entries[format] = {};
  for (const name of names) entries[format][name] = await load(`ostiary${name.slice(1)}`);
}
console.log(JSON.stringify(Object.keys(loaders).flatMap(reportOf)));

function reportOf(format) {
  const own = entries[format];
  const other = entries[format === 'import' ? 'require' : 'import'];
  const errors = names
    .filter((name) => Object.keys(own[name]).length > 0)
    .map((name) => errorLine(format, name, own, other));
  const shared = ['fromBearer', 'fromCookie', 'fromHeader'].every(
    (name) => own['./express'][name] === own['./passport'][name],
  );
  return [...errors, `${format} express and passport: ${shared ? 'one fromBearer' : 'two of fromBearer'}`];
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
  const wrong = Object.keys(facts).filter((fact) => !facts[fact]);
  return `${format} ${name}: ${wrong.length === 0 ? 'one class' : `not ${wrong.join(', ')}`}`;
}

function thrownBy(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
