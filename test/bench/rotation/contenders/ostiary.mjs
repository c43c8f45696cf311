/** `auth.tokens.refresh` of the living token of each family. */

import { createRotationAuth, issueFamilies } from '../families.mjs';
import { stand } from './stand.mjs';

stand(async ({ state, fill, families }) => {
  const tokens = await issueFamilies(families, fill);
  const auth = createRotationAuth(state);
  const rotate = async (index) => {
    const { refreshToken } = await auth.tokens.refresh(tokens[index]);
    if (refreshToken === tokens[index]) throw new Error('A token was not rotated.');
    tokens[index] = refreshToken;
  };
  await prove(auth, tokens);
  return rotate;
});

async function prove(auth, tokens) {
  const { accessToken, refreshToken } = await auth.tokens.refresh(tokens[0]);
  if ((await auth.tokens.verify(accessToken)).sub !== '1') throw new Error('An access token was not good.');
  const forged = `${refreshToken.slice(0, -8)}AAAAAAAA`;
  const refused = await auth.tokens.refresh(forged).then(
    () => false,
    ({ code }) => code === 'ERR_TOKEN_INVALID',
  );
  if (!refused) throw new Error('A forged refresh token was accepted.');
  tokens[0] = refreshToken;
}
