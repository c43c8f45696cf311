/** The twins of registration and of the proof of an address. */

const registration = 'src/core/accounts/registration.ts';
const input = 'src/core/accounts/registration-input.ts';
const fields = 'src/core/accounts/flow-input.ts';
const notice = 'src/core/accounts/registration-notice.ts';
const browser = 'src/core/accounts/registering-browser.ts';
const verification = 'src/core/accounts/email-verification.ts';
const unverified = 'src/core/accounts/unverified-accounts.ts';

const attacks = 'test/attacks/registration.test.ts';
const races = 'test/attacks/registration-races.test.ts';
const faults = 'test/attacks/registration-faults.test.ts';
const links = 'test/attacks/email-verification.test.ts';
const inputs = 'test/attacks/account-input.test.ts';
const registering = 'test/core/accounts/registration.test.ts';
const reading = 'test/core/accounts/registration-input.test.ts';
const noticing = 'test/core/accounts/registration-notice.test.ts';
const verifying = 'test/core/accounts/email-verification.test.ts';
const browsers = 'test/core/accounts/registering-browser.test.ts';
const claims = 'test/core/accounts/unverified-accounts.test.ts';
const flowInput = 'test/core/accounts/flow-input.test.ts';

const claimed = "if (!(await parts.unverified.claim(user.id, user.passwordHash, 'replaced'))) return null;";
const ownOnly = 'if (!isUnverified(user) || !isOpen(user)) return null;';

export const registrationTwins = [
  {
    name: 'message-awaited-before-the-answer',
    why: 'the time of the answer would tell which addresses have an account (CVE-2024-45231)',
    file: registration,
    find: "parts.notifications.later('verify-email', row?.user.id, () =>",
    replace: 'await ((act: () => Promise<void>) => act())(() =>',
    tests: [attacks],
  },
  {
    name: 'taken-address-is-said',
    why: 'whoever registers addresses would learn which of them have an account',
    file: registration,
    find: 'if (!parts.verifiesEmail || email === undefined) return registered(',
    replace: "if (!parts.verifiesEmail || email === undefined || created === 'email') return registered(",
    tests: [attacks],
  },
  {
    name: 'taken-name-not-asked-before-the-insert',
    why: 'of a taken name and a taken address the store would say the one or the other, and so tell of the address',
    file: registration,
    find: "if (parts.verifiesEmail && (await ownerOfUsername(parts, read)) === 'another')",
    replace: 'if (false)',
    tests: [registering],
  },
  {
    name: 'taken-name-not-asked-after-the-insert',
    why: 'who comes second to a name would wait for a mail that never comes',
    file: registration,
    find: "if (created === 'username' && (await ownerOfUsername(parts, read)) !== 'own')",
    replace: 'if (false)',
    tests: [registering],
  },
  {
    name: 'own-name-is-taken',
    why: 'who fills in the form once more, because no mail came, would be told of somebody with that name',
    file: registration,
    find: "return isOwn && isUnverified(owner) ? 'own' : 'another';",
    replace: "return owner === undefined ? 'own' : 'another';",
    tests: [registering],
  },
  {
    name: 'name-of-a-verified-account-goes-on',
    why: 'that a name is not refused would tell whose address it belongs to',
    file: registration,
    find: "return isOwn && isUnverified(owner) ? 'own' : 'another';",
    replace: "return isOwn ? 'own' : 'another';",
    tests: [registering],
  },
  {
    name: 'cut-hash-is-a-new-account',
    why: 'nobody could ever sign in to it, and the address would be taken',
    file: registration,
    find: 'if (passwordHashOf(user) !== passwordHash) {',
    replace: 'if (false) {',
    tests: [registering],
  },
  {
    name: 'new-account-counts-as-verified',
    why: 'whoever types an address that is not theirs would have its account at once',
    file: registration,
    find: 'if (parts.verifiesEmail && !isUnverified(user)) {',
    replace: 'if (false) {',
    tests: [attacks],
  },
  {
    name: 'any-answer-with-a-row-is-a-new-account',
    why: 'a store that answers the row that is there would hand it over',
    file: registration,
    find: 'if (ok !== true || row === null || row === undefined) {',
    replace: 'if (row === null || row === undefined) {',
    tests: [registering],
  },
  {
    name: 'form-decides-what-is-decided-here',
    why: 'whoever sends a role with the form would have it (ASVS 15.3.3)',
    file: input,
    find: "...['id', 'roles', 'status', 'emailVerified', 'epoch', 'passwordHash', 'password', 'email', 'username'],",
    replace: '',
    tests: [attacks, reading],
  },
  {
    name: 'profile-brings-a-prototype',
    why: 'what merges the profile into an object would change all objects',
    file: input,
    find: "...['__proto__', 'constructor', 'prototype'],",
    replace: '',
    tests: [attacks, reading],
  },
  {
    name: 'name-looks-like-an-address',
    why: 'who takes a stranger’s address for a name would get what is meant for the stranger at every login',
    file: input,
    find: "return read.kind === 'email' ? { problem: 'must not be an e-mail address' } : { value: read.value };",
    replace: 'return { value: read.value };',
    tests: [reading, inputs],
  },
  {
    name: 'no-address-where-addresses-are-verified',
    why: 'who leaves the address out would have an account that nothing is proven of',
    file: input,
    find: "rules.needsEmail ? emailField(given['email']) : optionalField(given['email'], emailField)",
    replace: "optionalField(given['email'], emailField)",
    tests: [registering, reading],
  },
  {
    name: 'list-in-the-place-of-an-address',
    why: 'a link would go to each of its addresses (CVE-2023-7028)',
    file: fields,
    find: '// A list would send a link to each of its addresses (CVE-2023-7028).',
    replace: 'if (Array.isArray(value)) return { value: String(value) };',
    tests: [inputs, flowInput],
  },
  {
    name: 'input-is-read-where-it-is',
    why: 'what is checked would not be what is used, and what a prototype holds would be in every form',
    file: fields,
    find: "return Object.assign(Object.create(null), typeof input === 'object' ? input : undefined);",
    replace: 'return (input ?? {}) as Readonly<Record<string, unknown>>;',
    tests: [flowInput],
  },
  {
    name: 'new-row-costs-a-look-up-less',
    why: 'the load that follows an answer would tell free addresses from taken ones',
    file: notice,
    find: 'const found = (await find(parts, email)) ?? created;',
    replace: 'const found = created ?? (await find(parts, email));',
    tests: [attacks],
  },
  {
    name: 'taken-address-costs-no-link',
    why: 'the load that follows an answer would tell free addresses from taken ones',
    file: notice,
    find: "const link = await parts.links.make('verify-email', user);",
    replace: "const link = own === null ? undefined : await parts.links.make('verify-email', user);",
    tests: [attacks],
  },
  {
    name: 'warning-holds-a-link',
    why: 'a stranger would have links sent that act for an account',
    file: notice,
    find: '...(own === null ? {} : { link })',
    replace: 'link',
    tests: [noticing],
  },
  {
    name: 'claim-skipped-by-a-second-registration',
    why: 'an owner who proves the address at this moment would have an account that opens with the attacker’s password',
    file: notice,
    find: claimed,
    replace: '',
    tests: [races],
  },
  {
    name: 'proof-without-a-claim',
    why: 'an owner who proves the address at this moment would have an account that opens with the attacker’s password',
    file: verification,
    find: "address !== null && (await parts.unverified.claim(user.id, user.passwordHash, 'verified'));",
    replace: 'address !== null;',
    tests: [races],
  },
  {
    name: 'reset-without-a-claim',
    why: 'the password that an owner has just set would be replaced by the attacker’s, and the address proven',
    file: 'src/core/accounts/password-reset.ts',
    find: "if (isUnverified(user)) await parts.unverified.claim(user.id, next, 'verified');",
    replace: '',
    tests: [races],
  },
  {
    name: 'claim-of-the-others-is-ours',
    why: 'both sides would win',
    file: unverified,
    find: '(await state.get(key)) === claim',
    replace: '(await state.get(key)) !== null',
    tests: [claims, races],
  },
  {
    name: 'claim-of-before-a-crash-is-lost',
    why: 'an account whose process died in the middle could neither be proven nor registered again for days',
    file: unverified,
    find: ' || (await state.get(key)) === claim',
    replace: '',
    tests: [claims, faults],
  },
  {
    name: 'claim-without-the-hash',
    why: 'an account that was once registered again could never be proven',
    file: 'src/core/state-keys.ts',
    find: "this.key('claim', ...encodeUserId(userId), JSON.stringify(passwordHash))",
    replace: "this.key('claim', ...encodeUserId(userId), String(passwordHash === null))",
    tests: [claims, attacks],
  },
  {
    name: 'verified-account-is-registered-again',
    why: 'whoever knows an address would replace its password',
    file: notice,
    find: ownOnly,
    replace: 'if (!isOpen(user)) return null;',
    tests: [noticing, attacks],
  },
  {
    name: 'disabled-account-is-registered-again',
    why: 'whoever was shut out would come back with a new password',
    file: notice,
    find: ownOnly,
    replace: 'if (!isUnverified(user)) return null;',
    tests: [noticing, attacks],
  },
  {
    name: 'second-registration-overwrites',
    why: 'the password that an owner has just set by a link would be replaced by the attacker’s',
    file: notice,
    find: 'expected: passwordHashOf(user),',
    replace: 'expected: passwordHashOf((await find(parts, email))?.user ?? user),',
    tests: [races],
  },
  {
    name: 'tokens-end-after-the-write-only',
    why: 'a state store that fails would leave the tokens alive of whoever prepared the account',
    file: notice,
    find: 'await parts.revocations.endAll(user.id);',
    replace: '',
    tests: [noticing],
  },
  {
    name: 'tokens-of-the-host-live-on',
    why: 'whoever prepared the account would go on with the tokens of the host’s own service',
    file: notice,
    find: 'await parts.endTokens(id);',
    replace: '',
    tests: [noticing],
  },
  {
    name: 'link-for-the-password-of-somebody-else',
    why: 'of two who register at once the link of the one would be made for the password of the other',
    file: notice,
    find: 'return found !== null && passwordHashOf(found.user) === passwordHash ? found : null;',
    replace: 'return found;',
    tests: [noticing],
  },
  {
    name: 'every-browser-has-registered',
    why: 'an owner who opens the link would activate the account that a stranger prepared (CVE-2026-53516)',
    file: browser,
    find: 'return equalSecrets(mac(key.key, id, email.value, hash), signature);',
    replace:
      'return equalSecrets(mac(key.key, id, email.value, hash), signature) || signature.length === 43;',
    tests: [links, attacks, browsers],
  },
  {
    name: 'browser-of-another-spelling',
    why: 'what is compared would be a part of what was shown',
    file: browser,
    find: 'key === undefined || more.length > 0 ||',
    replace: 'key === undefined || more.length > 1 ||',
    tests: [browsers],
  },
  {
    name: 'link-alone-verifies',
    why: 'an owner who opens the link would activate the account that a stranger prepared (CVE-2026-53516)',
    file: verification,
    find: "if (!(await isRegistrant(parts, link, password, context))) return { status: 'password-required' };",
    replace: 'await isRegistrant(parts, link, password, context);',
    tests: [links, attacks],
  },
  {
    name: 'proof-works-twice',
    why: 'a link out of an old mail would prove an address again after it was taken back',
    file: verification,
    find: 'return parts.links.useFor(link, () => prove(parts, link, context));',
    replace: 'return prove(parts, link, context);',
    tests: [links],
  },
  {
    name: 'address-of-now-is-proven',
    why: 'an address that the account has since a moment ago would be proven by a link to the one before',
    file: verification,
    find: '(await mark(user.id, address)) !== true',
    replace: "(await mark(user.id, (await findExactly(parts.users, user.id))?.user.email ?? '')) !== true",
    tests: [links],
  },
  {
    name: 'store-that-proves-nothing-is-believed',
    why: 'an address that has changed meanwhile would be told to be proven',
    file: verification,
    find: 'if (!isOwn || (await mark(user.id, address)) !== true) {',
    replace: 'if (!isOwn || (await mark(user.id, address)) === undefined) {',
    tests: [verifying, links],
  },
  {
    name: 'password-of-another-moment',
    why: 'a link would be used for a password that it was not made for',
    file: verification,
    find: 'return found.user.passwordHash === user.passwordHash;',
    replace: 'return found.user !== undefined;',
    tests: [verifying],
  },
  {
    name: 'link-goes-to-the-row-of-before',
    why: 'a form that is handed on whole could name the address that the link goes to',
    file: verification,
    find: 'const found = await findExactly(parts.users, id);',
    replace:
      "const found = { row: given['user'] as User, user: { ...parts.users.toAuthUser(given['user'] as User), id } };",
    tests: [attacks],
  },
  {
    name: 'proven-address-is-mailed-again',
    why: 'anybody could have mail sent to people who are done with it',
    file: verification,
    find: 'if (!isOpen(user) || user.emailVerified === true) return;',
    replace: 'if (!isOpen(user)) return;',
    tests: [verifying],
  },
  {
    name: 'disabled-account-gets-a-link',
    why: 'whoever was shut out would be asked to come in',
    file: verification,
    find: 'if (!isOpen(user) || user.emailVerified === true) return;',
    replace: 'if (user.emailVerified === true) return;',
    tests: [verifying],
  },
  {
    name: 'nobody-costs-no-link',
    why: 'a read less of the state store would tell that there is no such account',
    file: verification,
    find: "return parts.links.makeForNobody('verify-email', email);",
    replace: 'return;',
    tests: [links],
  },
];
