import { InvalidTopicError } from '@holdfast/core/hub'

// A subject and the rest of its line must fit into 4,096 bytes, or the server ends the connection.
const longest = 3_500
const longestReadable = 1_024

/** The subjects of one broker: those of its stream, and those of its signals. */
export class Subjects {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  /** What the stream keeps. */
  get kept(): string[] {
    return [this.ofTopic('*'), this.epoch]
  }

  /** Where the epoch of topics without events is written. */
  get epoch(): string {
    return `${this.#name}.epoch`
  }

  ofTopic(token: string): string {
    return `${this.#name}.topic.${token}`
  }

  /** The token of a topic's subject; undefined for another subject. */
  tokenOf(subject: string): string | undefined {
    const prefix = this.ofTopic('')
    return subject.startsWith(prefix) ? subject.slice(prefix.length) : undefined
  }

  ofSignal(token: string): string {
    return `${this.#name}.signal.${token}`
  }

  get ofAllSignals(): string {
    return `${this.#name}.signals`
  }
}

/**
 * Any name as one token of a subject: letters, digits, `-` and `_` as they are, so that administrators can read it, other
 * bytes of its UTF-8 as `=` and two hex digits. A long one is `==` and base64url.
 *
 * @throws {InvalidTopicError} it is too long for a subject: more than about 2,600 bytes
 */
export function toToken(name: string): string {
  const bytes = new TextEncoder().encode(name)
  const readable = Array.from(bytes, (byte) => readableByte(byte)).join('') || '='
  if (readable.length <= longestReadable) return readable
  const token = `==${toBase64Url(bytes)}`
  if (token.length <= longest) return token
  throw new InvalidTopicError(`Cannot use the topic "${name.slice(0, 40)}…": it is too long for a subject of NATS`)
}

function readableByte(byte: number): string {
  const character = String.fromCharCode(byte)
  return /[A-Za-z0-9_-]/.test(character) ? character : `=${byte.toString(16).padStart(2, '0').toUpperCase()}`
}

function toBase64Url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
