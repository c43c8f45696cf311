/** Several hashers as one, for a table whose hashes were made by different ones. */

import { defaults } from '../core/defaults.ts';
import { ConfigError } from '../core/errors.ts';
import { kindOf, withMethods } from '../core/options.ts';
import type { PasswordHasher } from '../core/ports/password-hasher.ts';

/**
 * The first hasher makes every new hash; all of them verify, and a login upgrades what another one made. One
 * verification runs every member once, with `null` for those whose hash it is not, so that it costs the same sum for
 * every account.
 *
 * @throws `ERR_CONFIG_INVALID` for an empty list or a member that is no hasher.
 *
 * @example
 * ```ts
 * const hasher = hasherChain([scrypt(), bcrypt({ cost: 10 })]);
 * ```
 */
export function hasherChain(hashers: readonly [PasswordHasher, ...PasswordHasher[]]): PasswordHasher {
  const members = readMembers(hashers);
  const [first] = members;
  return Object.freeze({
    id: members.map((member) => member.id).join('+'),
    concurrency: Math.min(...members.map((member) => member.concurrency ?? defaults.hasherConcurrency)),
    hash: (password: string) => first.hash(password),
    verify: (password: string, hash: string | null) => verifyWithAll(members, password, hash),
    recognises: (hash: string) => members.some((member) => member.recognises(hash)),
    needsRehash: (hash: string, password: string) =>
      !first.recognises(hash) || first.needsRehash(hash, password),
    close: async () => {
      await Promise.all(members.map((member) => member.close?.()));
    },
  });
}

type Members = readonly [PasswordHasher, ...PasswordHasher[]];

async function verifyWithAll(members: Members, password: string, hash: string | null): Promise<boolean> {
  const owner = hash === null ? -1 : members.findIndex((member) => member.recognises(hash));
  let verified = false;
  for (const [index, member] of members.entries()) {
    const answer = await member.verify(password, index === owner ? hash : null);
    // Only the owner's answer counts: a member that says yes to `null` opens nothing.
    if (index === owner) verified = answer;
  }
  return verified;
}

function readMembers(hashers: unknown): Members {
  if (!Array.isArray(hashers))
    throw new ConfigError('hasherChain', `must be a list of hashers, got ${kindOf(hashers)}`);
  const check = withMethods<PasswordHasher>('a hasher', ['hash', 'verify', 'recognises', 'needsRehash']);
  const [first, ...others] = hashers.map((hasher, index) => check(hasher, `hasherChain.${index}`));
  if (first === undefined) throw new ConfigError('hasherChain', 'needs at least one hasher');
  return [first, ...others];
}
