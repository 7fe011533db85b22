/**
 * The event stream format in few bytes of code, where a client's own size counts for more than its speed.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.6 "Interpreting an event stream". `EventStreamParser` is the fast
 * reading of it; the same vectors hold for both.
 */
import type { ReceivedEvent } from '../wire/event.ts'
import { Received } from '../wire/received.ts'
import { maxBlock } from './constants.ts'

/**
 * @param onBlock - gets each block that had an id line or data. Its own id is undefined where its event has that of an earlier block
 * @returns what takes the next bytes, and throws when a block is larger than 16 MiB
 */
export function createBlockReader(
  lastEventId: string,
  onBlock: (id: string | undefined, event: ReceivedEvent | undefined) => void,
  onComment: (text: string) => void,
  onRetry: (milliseconds: number) => void,
): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder()
  let unfinished = ''
  let held = ''
  let size = 0
  let type = ''
  let data: string[] = []
  let id: string | undefined

  function take(line: string): void {
    const [field, value = ''] = line.split(/: ?(.*)/s)
    if (!line) {
      lastEventId = id ?? lastEventId
      const event = data.length > 0 ? new Received(type || 'message', data.join('\n'), lastEventId) : undefined
      if ((id ?? event) !== undefined) onBlock(id, event)
      type = ''
      id = undefined
      data = []
      size = 0
    } else if (!field) onComment(value)
    else if (field === 'data') data.push(value)
    else if (field === 'event') type = value
    else if (field === 'id' && !value.includes('\0')) id = value
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry(Number(value))
  }

  return (chunk) => {
    const text = held + decoder.decode(chunk, { stream: true })
    const lines = text.split(/\r\n?|\n/)
    // The line before a CR was taken when that came. Now it is known whether an LF belongs to it.
    if (held) lines.shift()
    lines[0] = unfinished + (lines[0] as string)
    unfinished = lines.pop() as string
    held = text.endsWith('\r') ? '\r' : ''
    size += chunk.length
    lines.forEach(take)
    if (size > maxBlock) throw new RangeError('Cannot keep the connection: event too large')
  }
}
