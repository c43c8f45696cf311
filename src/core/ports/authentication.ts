/** How and when somebody proved who they are. */

/** Plain JSON. What a login proves, and what a session or a token carries on. */
export interface Authentication {
  /** RFC 8176 values: `pwd`. Empty when the host signed the user in by means of its own. */
  readonly methods: readonly string[];
  /** Seconds since the epoch: the `auth_time` of OpenID Connect. A resumed session never advances it. */
  readonly at: number;
  /**
   * The user's revocation mark, read before the password was compared (`null`: there was none), so that a login
   * that races a reset does not survive it. Absent: whoever starts a session or issues a token reads it then.
   */
  readonly gen?: string | null;
}
