/** Text as Postgres can hold it: it has no NUL. What is nearly never there costs nobody else anything. */
export function toText(value: string): string {
  return hasMark.test(value) ? value.replace(marks, (mark) => (mark === '\0' ? '\u00010' : '\u00011')) : value
}

/** What {@link toText} was given. */
export function fromText(text: string): string {
  return text.includes('\u0001') ? text.replace(escapes, (_, digit) => (digit === '0' ? '\0' : '\u0001')) : text
}

// oxlint-disable no-control-regex -- they are what this is about
const hasMark = /[\0\u0001]/
const marks = /[\0\u0001]/g
const escapes = /\u0001([01])/g
// oxlint-enable no-control-regex
