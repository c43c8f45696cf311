/** `auth.tokens.verify`. A tenth of the users have ended another token of theirs, so the store has something to say. */

import { createTokenAuth } from '../../tokens/auth.mjs';
import { stand } from './stand.mjs';

stand(async ({ algorithm, keys, settings, userCount }) => {
  const auth = createTokenAuth({ algorithm, keys, ...settings });
  for (let id = 10; id <= userCount; id += 10) {
    const { accessToken } = await auth.tokens.issue({ id });
    await auth.tokens.revoke(accessToken);
  }
  return {
    verify: (token) => auth.tokens.verify(token),
    claimsOf: (claims) => claims,
    revoke: (token) => auth.tokens.revoke(token),
  };
});
