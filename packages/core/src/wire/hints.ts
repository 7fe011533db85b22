/** Hints are comments that a standard client never sees, by which a Holdfast server tells a Holdfast client its state. */

/** What a hint may say. Durations are milliseconds. A key that is absent says nothing. */
export interface Hint {
  /** The longest silence to expect from here on; 0 means that no heartbeat comes. */
  heartbeat?: number | undefined
  /** How busy the server is; 1 is full. */
  load?: number | undefined
  /** The server's clock, in milliseconds since 1970. */
  t?: number | undefined
  /** The server goes away within this time: move elsewhere before. */
  drain?: number | undefined
  /** The probability, 0 to 1, with which each client should move elsewhere. */
  shed?: number | undefined
  /** How many standby connections to hold at least. */
  standby?: number | undefined
  /** The position of the newest event at the server, as an id. */
  at?: string | undefined
  /** How often to acknowledge. */
  ack?: number | undefined
  /** The connection's name, for acknowledging: an opaque token. */
  conn?: string | undefined
  /** The topics of the stream, in the order of the request. */
  topics?: readonly string[] | undefined
  /** The stream is over: `done` when its source returned, `failed` when it threw. */
  end?: 'done' | 'failed' | undefined
}

type Form = (value: unknown) => string | undefined

const whole: Form = (value) => (isAmount(value) ? String(Math.round(value)) : undefined)
const thousandths: Form = (value) => (isAmount(value) ? String(Math.round(value * 1000) / 1000) : undefined)
const token: Form = (value) => (typeof value === 'string' ? escapeToken(value) : undefined)

/** How the value of each key is written; undefined where it cannot be. */
const forms: { readonly [Key in keyof Hint]-?: Form } = {
  heartbeat: whole,
  load: thousandths,
  t: whole,
  drain: whole,
  shed: thousandths,
  standby: whole,
  at: token,
  ack: whole,
  conn: token,
  topics: (value) => (Array.isArray(value) ? value.map((topic) => escapeToken(String(topic))).join(',') : undefined),
  end: (value) => (value === 'done' || value === 'failed' ? value : undefined),
}

/**
 * Write a hint as a comment with a blank line after it, which dispatches nothing and makes line-buffering proxies flush.
 *
 * Strings are percent-encoded where they are not safe in a comment, `topics` each for itself. Milliseconds are rounded,
 * `load` and `shed` to thousandths. Unknown keys and values that the format cannot carry (negative, infinite) are left out.
 */
export function formatHint(hint: Hint): string {
  let text = ': hint'
  for (const [key, value] of Object.entries(hint)) {
    const written = Object.hasOwn(forms, key) ? forms[key as keyof Hint](value) : undefined
    if (written !== undefined) text += ` ${key}=${written}`
  }
  return `${text}\n\n`
}

/**
 * Read a hint from a comment's text, as the parser's `onComment` gives it (the first space after the colon removed).
 * Unknown keys and malformed values are ignored; of a repeated key, the last one holds.
 *
 * @returns undefined when the comment is no hint
 */
export function parseHint(comment: string): Hint | undefined {
  const [word, ...pairs] = comment.split(' ')
  if (word !== 'hint') return undefined
  const hint: Hint = {}
  for (const pair of pairs) {
    const [key, text] = pair.split(/=(.*)/s) as [string, string]
    try {
      const value = parseValue(pair, text)
      if (value !== undefined) (hint as Record<string, unknown>)[key] = value
    } catch {
      // Malformed.
    }
  }
  return hint
}

/** @throws {URIError} it is malformed */
// One regular expression for each form of `key=text` takes less code than looking keys up.
function parseValue(pair: string, text: string): unknown {
  if (/^((heartbeat|t|drain|standby|ack)=\d{1,15}|(load|shed)=\d{1,15}(\.\d{1,15})?)$/.test(pair)) return Number(text)
  // One malformed topic makes the list useless, because its order carries meaning.
  if (pair.startsWith('topics=')) return text ? text.split(',').map((topic) => decodeURIComponent(topic)) : []
  return /^((at|conn)=.|end=(done|failed)$)/s.test(pair) ? decodeURIComponent(text) : undefined
}

// The number is printed without an exponent: below 1e15 every integer is, and thousandths are.
function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e15
}

// `toWellFormed` in effect: encodeURIComponent throws at lone surrogates, and UTF-8 would write U+FFFD for them anyway.
function escapeToken(text: string): string {
  // Most need none of it.
  if (/^[\w.~-]*$/.test(text)) return text
  return encodeURIComponent(
    text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD'),
  )
}
