/** The base of every error Holdfast throws: tell them apart by `code`, which never changes between releases. */
export abstract class HoldfastError extends Error {
  /** A literal kebab-case code, safe to send to a client. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }

  // A class has one base, and that of InvalidOptionError is TypeError: it says of itself that it is one of these, too.
  static override [Symbol.hasInstance](error: unknown): boolean {
    return (
      super[Symbol.hasInstance](error) || (this === HoldfastError && 'isHoldfastError' in (Object(error) as object))
    )
  }
}
