/**
 * What a rotation needs of its store and nothing around it: the family, the user's revocations, and a conditional write
 * of as many bytes, one after the other. In memory that would be next to nothing, so there the cryptography is added
 * that no rotation can do without.
 */

import { createHmac, hash, randomBytes } from 'node:crypto';
import { issueFamilies } from '../families.mjs';
import { stand } from './stand.mjs';

const ttlSeconds = 2_592_000;
const purpose = 'refresh:';

stand(async ({ state, fill, store, families }) => {
  const ids = await fillWithCopies(families, fill);
  const work = store === 'memory' ? cryptography() : () => {};
  return async (index) => {
    const key = `${purpose}${ids[index]}`;
    const stored = await state.get(key);
    await state.get(`revocation:${ids[index]}`);
    work(stored);
    if (!(await state.compareAndSet(key, stored, changed(stored), ttlSeconds))) {
      throw new Error('A record was not written.');
    }
  };
});

/** A real family and its list, as often as needed, under other keys of the same length. */
async function fillWithCopies(families, fill) {
  const real = [];
  await issueFamilies(1, async (rows) => real.push(...rows));
  const ids = [];
  for (let from = 0; from < families; from += 1000) {
    const some = Array.from({ length: Math.min(1000, families - from) }, () =>
      randomBytes(32).toString('base64url'),
    );
    ids.push(...some);
    await fill(
      some.flatMap((id) =>
        real.map(([key, value, life]) => [`${key.slice(0, key.indexOf(':'))}:${id}`, copyOf(value), life]),
      ),
    );
  }
  return ids;
}

/** Other memory, as each record has its own: the same text would be there once. */
function copyOf(text) {
  return Buffer.from(text).toString('latin1');
}

function changed(stored) {
  return `${stored.slice(0, -1)}${stored.endsWith('}') ? ' ' : '}'}`;
}

/**
 * The keys of two records (SHA-256), and by HMAC: the seal of the record that was read and of the one to write, the
 * proof of the token that was used and of the next, the epoch of the user, and the signature of a JWT.
 */
function cryptography() {
  const key = randomBytes(32);
  const mac = (text) => createHmac('sha256', key).update(text).digest('base64url');
  const short = randomBytes(48).toString('base64url');
  const claims = Buffer.from(randomBytes(240).toString('base64url'));
  return (stored) => {
    hash('sha256', short, 'base64url');
    hash('sha256', short, 'base64url');
    for (const text of [stored, stored, short, short, short]) mac(text);
    mac(claims.toString('base64url'));
  };
}
