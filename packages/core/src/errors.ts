/** The base of every error Holdfast throws: tell them apart by `code`, which never changes between releases. */
export abstract class HoldfastError extends Error {
  /** A literal kebab-case code, safe to send to a client. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}
