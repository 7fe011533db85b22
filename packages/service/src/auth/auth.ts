/** What the bearer of a token may do. */
export interface Grant {
  /** Whose streams these are: `hub.disconnect({ identity })` closes them, and `limits.streamsPerIdentity` counts them. */
  identity?: string | undefined
  /** When the token expires, in milliseconds since 1970: a stream opened with it closes as `unauthorized` then. */
  expiresAt?: number | undefined
  /** Whether the bearer may read `GET /stats` and `GET /metrics`. Default false. */
  observe?: boolean | undefined
  publish(topic: string): boolean
  subscribe(topic: string): boolean
}

/** Decides who may do what. */
export interface Auth {
  /**
   * Look at the token of a request, or at the request where there is none.
   *
   * MUST resolve with `undefined` for a token that is unknown, malformed or expired, rather than reject: a rejection is
   * answered as an internal error.
   */
  authenticate(token: string | undefined, request: Request): Promise<Grant | undefined>
}
