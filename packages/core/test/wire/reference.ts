/** What the standard makes of a whole stream, sentence by sentence, without any thought of speed. */

export type Call = [what: 'event' | 'retry' | 'comment' | 'checkpoint', ...parts: unknown[]]

/** The calls of the handlers, in their order. Section 9.2.6 "Interpreting an event stream". */
export function callsOf(stream: Uint8Array): Call[] {
  const calls: Call[] = []
  let [data, type, lastEventId] = ['', '', '']
  let ownId: string | undefined
  // Without the last line, which did not end.
  for (const line of new TextDecoder()
    .decode(stream)
    .split(/\r\n|\r|\n/)
    .slice(0, -1)) {
    if (line === '') {
      if (ownId !== undefined) lastEventId = ownId
      if (data !== '') calls.push(['event', type || 'message', data.slice(0, -1), lastEventId, ownId])
      else if (ownId !== undefined) calls.push(['checkpoint', ownId])
      data = type = ''
      ownId = undefined
      continue
    }
    const [field, value] = partsOf(line)
    if (field === '') calls.push(['comment', value])
    else if (field === 'data') data += `${value}\n`
    else if (field === 'event') type = value
    else if (field === 'id' && !value.includes('\0')) ownId = value
    else if (field === 'retry' && /^[0-9]+$/.test(value)) calls.push(['retry', Number(value)])
  }
  return calls
}

function partsOf(line: string): [field: string, value: string] {
  const colon = line.indexOf(':')
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
}
