/** A response head as it came over the wire. */
export interface ResponseHead {
  status: number
  /** By lower-case name; values of a repeated name are joined with `, `. */
  headers: ReadonlyMap<string, string>
  /** The head's own text, for what a map hides. */
  text: string
}

/** Read a response head from the bytes before the empty line. */
export function parseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1]
  if (!status) throw new Error(`Cannot read the status line ${JSON.stringify(statusLine)}`)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) throw new Error(`Cannot read the header line ${JSON.stringify(line)}`)
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { status: Number(status), headers, text }
}
