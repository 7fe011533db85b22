import { EventStreamParser } from '@holdfast/core'
import { createParser } from 'eventsource-parser'

/** One way to make events of bytes. */
export interface Contender {
  name: string
  /** @returns how many events there were */
  parse(chunks: readonly Uint8Array[]): number
}

export const holdfast: Contender = {
  name: 'holdfast',
  parse(chunks) {
    let events = 0
    const parser = new EventStreamParser({ onEvent: (event) => (events += read(event.data)) })
    for (const chunk of chunks) parser.push(chunk)
    return events
  },
}

export const eventsourceParser: Contender = {
  name: 'eventsource-parser',
  parse(chunks) {
    let events = 0
    const parser = createParser({ onEvent: (event) => (events += read(event.data)) })
    const decoder = new TextDecoder()
    for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }))
    return events
  },
}

// Look into the data, as every reader does: a string that was only concatenated is put together when first read.
function read(data: string): number {
  return data.charCodeAt(data.length - 1) > 0 ? 1 : 0
}
