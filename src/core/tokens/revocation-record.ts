/** What the state store keeps of a user's revocations. */

import { defaults } from '../defaults.ts';
import { RetryError } from '../errors.ts';

/** A user's record: the mark that living sessions and tokens must carry, and what was denied one by one. */
export interface RevocationRecord {
  /** `null`: nothing was ever ended as a whole. */
  readonly mark: string | null;
  /** Denied ids, each with the second at which it would have ended anyway. */
  readonly denied: Readonly<Record<string, number>>;
}

const nothing: RevocationRecord = { mark: null, denied: {} };

/** The record of a stored text. One that cannot be read may be somebody's revocation: it lets nobody in. */
export function readRecord(stored: string | null): RevocationRecord {
  if (stored === null) return nothing;
  const record = readJson(stored) as Partial<RevocationRecord> | null | undefined;
  const { mark, denied } = record ?? {};
  const isMap = typeof denied === 'object' && denied !== null && !Array.isArray(denied);
  if ((mark === null || typeof mark === 'string') && isMap) {
    return { mark, denied };
  }
  throw new RetryError('ERR_STATE_UNAVAILABLE', 'a revocation record in the state store cannot be read', {
    retryAfterSeconds: defaults.retryAfter,
  });
}

/** Whether something that carries this mark and this id is dead: no clocks are compared. */
export function ends(record: RevocationRecord, gen: string | null, id: string): boolean {
  if (record.mark !== null && record.mark !== gen) return true;
  return Object.hasOwn(record.denied, id);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
