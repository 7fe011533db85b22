/**
 * The environment variables that configure a service. Lists are separated by commas; an empty variable is as good as
 * none. Who may do what is said by either `HOLDFAST_TOKEN` or `HOLDFAST_JWT_…`, and without both by `HOLDFAST_AUTH=none`.
 */
export interface ServiceEnv {
  /** The shared secret. */
  HOLDFAST_TOKEN?: string | undefined
  /** `none` lets everybody publish, subscribe and observe. Beside a credential it means nothing. */
  HOLDFAST_AUTH?: string | undefined
  /** How JSON Web Tokens may be signed: `ES256,EdDSA`. Needed with the other `HOLDFAST_JWT_…`. */
  HOLDFAST_JWT_ALGORITHMS?: string | undefined
  /** The secret of `HS256`, `HS384` or `HS512`. */
  HOLDFAST_JWT_SECRET?: string | undefined
  /** The public key in PEM (SPKI); `\n` may stand for its line breaks. */
  HOLDFAST_JWT_PUBLIC_KEY?: string | undefined
  /** Where the issuer's JSON Web Key Set is. */
  HOLDFAST_JWT_JWKS_URL?: string | undefined
  /** Whose tokens are accepted: a list. */
  HOLDFAST_JWT_ISSUER?: string | undefined
  /** For whom tokens must be: a list. */
  HOLDFAST_JWT_AUDIENCE?: string | undefined
  /** Topics that everybody may subscribe to: `news,prices/*`. */
  HOLDFAST_PUBLIC_TOPICS?: string | undefined
  /** Origins whose pages may call the service: `https://app.example`. */
  HOLDFAST_CORS_ORIGINS?: string | undefined
  /** Bytes of one request body. */
  HOLDFAST_MAX_BODY_BYTES?: string | undefined
  /** Streams that one identity may have open. */
  HOLDFAST_STREAMS_PER_IDENTITY?: string | undefined
  /** Streams above which the hub turns new clients away. */
  HOLDFAST_MAX_SUBSCRIBERS?: string | undefined
}
