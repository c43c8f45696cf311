/** Where a contender stands: it shows that it works, and then it is timed. */

import { once } from 'node:events';

const scheme = 'Bearer ';

/**
 * `create` is told the key, what to check and the contender's settings. It answers `verify(token)`, which throws or
 * rejects for a bad token; `claimsOf(result)`; `blind`, the bad tokens that the contender has no option to refuse; and
 * `revoke(token)` where there is such a thing.
 */
export async function stand(create) {
  const [material] = await once(process, 'message');
  const contender = await create(material);
  await prove(contender, material);
  process.on('message', async ({ headers, passes }) => process.send(await time(contender, headers, passes)));
  process.on('disconnect', () => process.exit());
  process.send({});
}

async function prove({ verify, claimsOf, blind = [], revoke }, { proof }) {
  const accepts = async (token) => claimsOf(await verify(token)).sub === proof.sub;
  if (!(await accepts(proof.good))) throw new Error('A good token was not read.');
  for (const [what, token] of Object.entries(proof.bad)) {
    if (blind.includes(what)) continue;
    if (!(await refuses(verify, token))) throw new Error(`A token was accepted that is ${what}.`);
  }
  // A second time: what was refused must not have spoilt what is remembered.
  if (!(await accepts(proof.good))) throw new Error('A good token was not read again.');
  if (revoke === undefined) return;
  await revoke(proof.good);
  if (!(await refuses(verify, proof.good))) throw new Error('A revoked token was accepted.');
}

async function refuses(verify, token) {
  try {
    await verify(token);
    return false;
  } catch {
    return true;
  }
}

/**
 * A token is sliced out of the text of a header, as in a server: a new string each time, of which V8 knows no hash
 * yet. Each is awaited, also where the answer is no promise: a server cannot have the next request wait for it.
 */
async function time({ verify, claimsOf }, headers, passes) {
  const usedBefore = process.cpuUsage();
  const start = performance.now();
  for (let pass = 0; pass < passes; pass += 1) {
    for (const header of headers) {
      const claims = claimsOf(await verify(header.slice(scheme.length)));
      if (typeof claims.sub !== 'string') throw new Error('A token was not read.');
    }
  }
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(usedBefore);
  const verifications = headers.length * passes;
  return { wall: (took * 1000) / verifications, cpu: (user + system) / verifications };
}
