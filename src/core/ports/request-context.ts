/** Where a request comes from. */

/** What the flows are told of a request; adapters fill it from the request. */
export interface RequestContext {
  /** The visitor's address as the host's framework knows it (Express: `req.ip`, with `trust proxy` set right). */
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  /** What `auth.register` gave to this browser, out of a cookie: `HttpOnly`, and for no other site. */
  readonly deviceToken?: string | undefined;
}
