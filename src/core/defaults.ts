/** Every default of the library, with its unit and where it comes from. No other file holds a number of policy. */

export const defaults = {
  /** bcrypt's cost, as a power of two. OWASP Password Storage asks for at least 10. */
  bcryptCost: 12,
  /** scrypt's N as a power of two, with r and p: OWASP Password Storage. */
  scryptLogN: 17,
  scryptBlockSize: 8,
  scryptParallelization: 1,
  /** Runs at once: half of the four libuv threads that file and DNS calls need too. */
  scryptConcurrency: 2,
  /** Runs at once of a hasher that does not say. */
  hasherConcurrency: 2,

  /** Logins waiting for a hasher, in all and per address: what eight addresses can fill. */
  admissionWaiting: 256,
  admissionWaitingPerLane: 32,
  /** Seconds, in the `Retry-After` of a refusal that ends by itself. */
  retryAfter: 1,

  /** Code points: longer than any address (RFC 5321 §4.5.3.1: 64 + 1 + 255). */
  identifierMaxLength: 320,
  /** Code points and bytes of a password: NIST SP 800-63B-4 asks for at least 64 characters. */
  passwordMaxLength: 1024,
  passwordMaxBytes: 4096,

  /** Seconds without a request after which a session ends: OWASP Session Management, 15 to 30 minutes. */
  sessionIdle: 1800,
  /** Seconds after which a session ends whatever happens: NIST SP 800-63B-4 AAL3, 12 hours. */
  sessionAbsolute: 43_200,
  /** Seconds: a stamp is rewritten at most this often, or every tenth of the idle time if that is shorter. */
  sessionTouch: 60,

  /** Seconds that an access token lives: RFC 9700 §2.2 asks for a short life; 5 minutes bound a theft. */
  accessToken: 300,
  /** Seconds by which two machines' clocks may differ: none for our own tokens, at most a minute for anybody's. */
  clockTolerance: 0,
  clockToleranceMaximum: 60,
  /** Seconds that an answer about revocation may be old: none, the store is asked every time. */
  maxStaleness: 0,
  /** Such answers that are kept: of as many users. */
  recentAnswers: 10_000,
  /** Characters of a token: half of what Node takes as headers. A longer one is refused before anything is decoded. */
  tokenMaxLength: 8192,
  /** Verified tokens that are kept, and the characters of the longest: about 10 MB of usual ones. */
  verifiedTokens: 10_000,
  verifiedTokenMaxLength: 4096,

  /** Live denials in one user's revocation record, at which they are folded into a new mark. */
  deniedPerUser: 64,
  /** Earlier epochs that a rehash remembers: more rehashes than that within one session's life are not expected. */
  epochPredecessors: 8,

  /** Records of each purpose that `memoryState()` holds: 30 MB of small records, ten times that of the largest. */
  memoryRecords: 100_000,
} as const;
