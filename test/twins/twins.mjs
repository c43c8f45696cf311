import { accountChangeTwins } from './account-changes.mjs';
import { bearerTwins } from './bearer.mjs';
import { coreTwins } from './core.mjs';
import { hasherTwins } from './hashers.mjs';
import { jwtTwins } from './jwt.mjs';
import { jwtKeyTwins } from './jwt-keys.mjs';
import { keyTwins } from './keys.mjs';
import { legacyTwins } from './legacy.mjs';
import { passportTwins } from './passport.mjs';
import { passwordPolicyTwins } from './password-policy.mjs';
import { passwordResetTwins } from './password-reset.mjs';
import { refreshTwins } from './refresh.mjs';
import { refreshCookieTwins } from './refresh-cookie.mjs';
import { refreshModelTwins } from './refresh-model.mjs';
import { registrationTwins } from './registration.mjs';
import { sessionListTwins } from './session-list.mjs';
import { signOutTwins } from './sign-out.mjs';
import { storeTwins } from './stores.mjs';
import { tokenTwins } from './tokens.mjs';
import { webTwins } from './web.mjs';

/**
 * Lines of the sources that must not be missing or different. `npm run test:twins` replaces each in turn, in memory,
 * and expects one of its tests to go red. `find` is a part of one line that occurs once in the file.
 *
 * @type {readonly { name: string, why: string, file: string, find: string, replace: string, tests: readonly string[] }[]}
 */
export const twins = [
  {
    name: 'unknown-option-is-ignored',
    why: 'a misspelt protection would be silently off',
    file: 'src/core/options.ts',
    find: 'if (unknown !== undefined) {',
    replace: 'if (false) {',
    tests: ['test/core/options.test.ts'],
  },
  {
    name: 'option-value-in-the-message',
    why: 'the value may be a secret, and messages reach logs',
    file: 'src/core/options.ts',
    find: "return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;",
    replace: 'return `${JSON.stringify(value)}`;',
    tests: ['test/core/options.test.ts'],
  },
  {
    name: 'duration-without-a-unit',
    why: "'900' would be seconds here and milliseconds in the library the host came from",
    file: 'src/core/duration.ts',
    find: '([smhd])$/',
    replace: '([smhd]?)$/',
    tests: ['test/core/duration.test.ts'],
  },
  ...accountChangeTwins,
  ...bearerTwins,
  ...coreTwins,
  ...hasherTwins,
  ...jwtTwins,
  ...jwtKeyTwins,
  ...keyTwins,
  ...legacyTwins,
  ...passportTwins,
  ...passwordPolicyTwins,
  ...passwordResetTwins,
  ...refreshModelTwins,
  ...refreshTwins,
  ...refreshCookieTwins,
  ...registrationTwins,
  ...sessionListTwins,
  ...signOutTwins,
  ...storeTwins,
  ...tokenTwins,
  ...webTwins,
];
