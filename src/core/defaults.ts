/**
 * Every default of the library. No other file holds a number of policy.
 *
 * The page on defaults is made of these comments. `@unit` says what is counted, `@source` where the number comes from;
 * `@option` names what a host changes it with, `@fixed` says why nobody can. One of these two, the others always.
 */

export const defaults = {
  // Passwords

  /**
   * The work of a new bcrypt hash.
   * @option `bcrypt({ cost })`
   * @unit power of two
   * @source OWASP Password Storage: at least 10
   */
  bcryptCost: 12,
  /**
   * N, the work and the memory of a new scrypt hash.
   * @option `scrypt({ logN })`
   * @unit power of two
   * @source OWASP Password Storage
   */
  scryptLogN: 17,
  /**
   * The block size of scrypt.
   * @option `scrypt({ r })`
   * @unit 128 bytes
   * @source OWASP Password Storage
   */
  scryptBlockSize: 8,
  /**
   * The passes of scrypt, one after the other.
   * @option `scrypt({ p })`
   * @unit passes
   * @source OWASP Password Storage
   */
  scryptParallelization: 1,
  /**
   * Runs of scrypt at once.
   * @fixed they share four libuv threads with file and DNS calls
   * @unit calls
   * @source half of those threads
   */
  scryptConcurrency: 2,
  /**
   * Calls at once of a hasher that does not say. The default hasher does: `bcrypt({ workers })`.
   * @option `PasswordHasher.concurrency`
   * @unit calls
   * @source as for scrypt
   */
  hasherConcurrency: 2,

  // The queue in front of the hasher

  /**
   * Passwords that wait for the hasher, in all. One more is refused with `ERR_SERVER_BUSY`, or takes the place of the
   * newest in the longest lane.
   * @fixed it bounds memory and waiting, whatever the hasher
   * @unit logins
   * @source what eight addresses can fill
   */
  admissionWaiting: 256,
  /**
   * Passwords that wait, per address.
   * @fixed a single address must not fill the queue
   * @unit logins
   * @source an eighth of the queue
   */
  admissionWaitingPerLane: 32,
  /**
   * The `Retry-After` of a refusal that ends by itself.
   * @fixed it is a hint to clients, and no promise
   * @unit seconds
   * @source the least that makes a client wait
   */
  retryAfter: 1,

  // What is typed into a login

  /**
   * The longest identifier.
   * @fixed it is longer than any address
   * @unit code points
   * @source RFC 5321 §4.5.3.1: 64 + 1 + 255
   */
  identifierMaxLength: 320,
  /**
   * The longest password, in characters.
   * @fixed it bounds work for strangers, and nobody types more
   * @unit code points
   * @source NIST SP 800-63B-4: at least 64
   */
  passwordMaxLength: 1024,
  /**
   * The longest password, in the units in which JavaScript counts a text. Each is a byte or more.
   * @fixed it is looked at before the characters are counted
   * @unit code units
   * @source what 1,024 characters are at most, in bytes of UTF-8
   */
  passwordMaxBytes: 4096,

  // New passwords

  /**
   * The shortest new password. Below 15 a warning names the standards.
   * @option `createAuth({ passwords: { minLength } })`, from 8 to 64
   * @unit code points
   * @source NIST SP 800-63B-4: 15 where a password is the only factor
   */
  passwordMinLength: 15,
  /**
   * How long `passwords.breached` may take. After that the password counts as not breached.
   * @fixed somebody waits for the answer
   * @unit milliseconds
   * @source ten times what such a service takes
   */
  breachCheckTimeout: 2000,
  /**
   * How long the service for breached passwords may take. More than 2 has no effect inside of `passwords.breached`.
   * @option `pwnedPasswords({ timeout })`
   * @unit seconds
   * @source as long as `passwords.breached`
   */
  pwnedPasswordsTimeout: 2,

  // Links and messages

  /**
   * The life of a link that resets a password.
   * @option `createAuth({ links: { resetLifetime } })`
   * @unit seconds
   * @source NIST SP 800-63B-4: at most a day; it opens the account
   */
  resetLink: 1800,
  /**
   * The life of a link that proves an address, or moves an account to it.
   * @option `createAuth({ links: { verifyLifetime } })`
   * @unit seconds
   * @source people read their mail once a day
   */
  verifyLink: 86_400,
  /**
   * How long a used link is remembered after its end.
   * @fixed the clock of the state store, and ours, may be wrong by as much
   * @unit seconds
   * @source a day
   */
  usedLinkMargin: 86_400,
  /**
   * How long it is remembered what has happened to an unverified account: that its address was proven, or registered anew.
   * @fixed it outlasts any request that has seen the account as it was before
   * @unit seconds
   * @source an hour
   */
  unverifiedClaim: 3600,
  /**
   * Messages that are under way at once. One more is dropped, and an event says so.
   * @fixed it bounds memory when the mailer hangs
   * @unit messages
   * @source a minute of mail at 17 messages a second
   */
  notificationsPending: 1000,
  /**
   * Messages of one kind for one account that are under way at once, out of these.
   * @fixed somebody who asks for the same again and again must not keep the messages of others from going out
   * @unit messages
   * @source more than anybody asks for within the patience of a mailer
   */
  notificationsPerAccount: 5,
  /**
   * How long the notifier may take for a message before its place is given to another.
   * @fixed as above
   * @unit milliseconds
   * @source the patience of SMTP clients (RFC 5321 §4.5.3.2 asks for more)
   */
  notificationTimeout: 60_000,
  /**
   * How long `auth.close()` waits for messages that are under way.
   * @fixed a process that is told to stop is killed soon
   * @unit milliseconds
   * @source a third of the time that container platforms give
   */
  notificationClose: 10_000,

  // Sessions

  /**
   * The time without a request after which a session ends.
   * @option `createAuth({ sessions: { idle } })`
   * @unit seconds
   * @source OWASP Session Management: 15 to 30 minutes
   */
  sessionIdle: 1800,
  /**
   * The time after which a session ends whatever happens.
   * @option `createAuth({ sessions: { absolute } })`
   * @unit seconds
   * @source NIST SP 800-63B-4 AAL3: 12 hours
   */
  sessionAbsolute: 43_200,
  /**
   * A stamp is rewritten at most this often, or every tenth of the idle time if that is shorter.
   * @fixed each rewrite is a chance for a slow request to save an older session over a newer one
   * @unit seconds
   * @source a thirtieth of the idle time
   */
  sessionTouch: 60,
  /**
   * Logins of one user that are alive at once, of those that are listed: all that have refresh tokens, and with
   * `sessions.registry` cookie sessions too. One more ends the oldest.
   * @fixed it keeps the list small
   * @unit logins
   * @source more devices than that nobody has
   */
  sessionsPerUser: 100,
  /**
   * How often the list of sessions notes that one was used.
   * @fixed each note is a write
   * @unit seconds
   * @source what people mean by "just now"
   */
  sessionListTouch: 300,

  // Access tokens

  /**
   * The life of an access token.
   * @option `createAuth({ tokens: { expiresIn } })`
   * @unit seconds
   * @source RFC 6750 §5.3: an hour or less; 5 minutes bound a theft
   */
  accessToken: 300,
  /**
   * How much the clocks of two machines may differ.
   * @option `createAuth({ tokens: { clockTolerance } })`; the same option of `verifyJwt` and `createJwtVerifier`
   * @unit seconds
   * @source our own tokens come from our own clock
   */
  clockTolerance: 0,
  /**
   * The most that `clockTolerance` may be.
   * @fixed more would be a longer life of every token
   * @unit seconds
   * @source RFC 7519 §4.1.4: no more than a few minutes
   */
  clockToleranceMaximum: 60,
  /**
   * How old an answer about revocation may be. Zero: the state store is asked every time.
   * @option `createAuth({ tokens: { maxStaleness } })`, or the same option of a guard
   * @unit seconds
   * @source a logout counts at once
   */
  maxStaleness: 0,
  /**
   * Such answers that are kept.
   * @fixed it bounds memory
   * @unit users
   * @source as many as verified tokens
   */
  recentAnswers: 10_000,
  /**
   * The longest token that is read or made. A longer one is refused before anything is decoded.
   * @fixed a longer one would not arrive
   * @unit characters
   * @source half of what Node takes as headers
   */
  tokenMaxLength: 8192,
  /**
   * Verified tokens that are kept, so that none is verified twice.
   * @fixed it bounds memory
   * @unit tokens
   * @source about 10 MB of usual ones
   */
  verifiedTokens: 10_000,
  /**
   * The longest token that is kept so.
   * @fixed it bounds memory
   * @unit characters
   * @source 40 MB at most
   */
  verifiedTokenMaxLength: 4096,
  /**
   * Tokens that were found ended and are remembered as such, should the state store forget.
   * @fixed it bounds memory
   * @unit tokens
   * @source as many as verified tokens
   */
  endedTokens: 10_000,

  // Refresh tokens

  /**
   * The time without a refresh after which a login with refresh tokens ends.
   * @option `createAuth({ tokens: { refresh: { idle } } })`; for the cookie, `refreshCookie({ maxAge })`
   * @unit seconds
   * @source two weeks: a holiday
   */
  refreshIdle: 1_209_600,
  /**
   * The time after which it ends whatever happens.
   * @option `createAuth({ tokens: { refresh: { absolute } } })`
   * @unit seconds
   * @source RFC 9700 §4.14.2: they expire; a quarter of a year
   */
  refreshAbsolute: 7_776_000,
  /**
   * How long a refresh token that was used gets the same answer again.
   * @option `createAuth({ tokens: { refresh: { grace } } })`, from 0
   * @unit seconds
   * @source what a client waits for an answer before it asks again
   */
  refreshGrace: 10,

  // Public keys

  /**
   * How long others may keep the public keys. A new key is published for at least as long before it signs.
   * @fixed it is what the guide on key rotation goes by
   * @unit seconds
   * @source as long as an access token
   */
  jwksMaxAge: 300,
  /**
   * How long the keys of another issuer are taken for those it publishes.
   * @option `remoteJwks(url, { cacheMaxAge })`
   * @unit seconds
   * @source within it a key that was taken out is refused; OpenID Connect Core §10.1.1 leaves the time open
   */
  remoteKeysMaxAge: 600,
  /**
   * How often they are fetched at most, for a token that names an unknown key or after a failure.
   * @option `remoteJwks(url, { cooldown })`
   * @unit seconds
   * @source OpenID Connect Core §10.1.1 asks for it at an unknown name; strangers make up as many as they like
   */
  remoteKeysCooldown: 30,
  /**
   * How long their whole answer may take.
   * @option `remoteJwks(url, { timeout })`
   * @unit seconds
   * @source somebody waits for it
   */
  remoteKeysTimeout: 5,
  /**
   * How long they go on after the last success, when their issuer cannot be reached.
   * @fixed a key that was stolen and taken out must not verify for ever
   * @unit seconds
   * @source an outage that is noticed and mended
   */
  remoteKeysStale: 3600,
  /**
   * The longest JWK Set that is read.
   * @fixed it bounds memory
   * @unit bytes
   * @source twenty RSA keys with their certificates
   */
  remoteKeysMaxBytes: 65_536,
  /**
   * Keys of a set that are looked at: the first.
   * @fixed it bounds work
   * @unit keys
   * @source more than any issuer has at once
   */
  remoteKeysCount: 100,
  /**
   * Redirects on the way to them, all within one origin.
   * @fixed it bounds work
   * @unit redirects
   * @source RFC 9700 §4.11: where a redirect leads is not for others to choose
   */
  remoteKeysRedirects: 3,

  // What is stored

  /**
   * How often a write that depends on what was read is tried anew, when somebody else has written in between.
   * @fixed it ends a race that nobody wins
   * @unit times
   * @source more than there are requests for one user at one moment
   */
  stateAttempts: 200,
  /**
   * Live denials in one user's revocation record, at which they are folded into a new mark.
   * @fixed it keeps the record small
   * @unit ids
   * @source more logouts than that within one session's life are not expected
   */
  deniedPerUser: 64,
  /**
   * Earlier epochs that a rehash remembers.
   * @fixed it keeps the record small
   * @unit epochs
   * @source more rehashes than that within one session's life are not expected
   */
  epochPredecessors: 8,
  /**
   * Live records of each purpose that the embedded store holds.
   * @option `memoryState({ maxRecords })`
   * @unit records
   * @source 30 MB of small records, ten times that of the largest
   */
  memoryRecords: 100_000,
} as const;
