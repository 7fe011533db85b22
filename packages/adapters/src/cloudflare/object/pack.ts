import type { BrokerEvent } from '@holdfast/core/hub'
import type { Packed } from '../protocol.ts'

/** Pack events into texts of about `size` characters, or of one event that is larger. */
export function pack(events: readonly BrokerEvent[], first: number, size: number): Packed[] {
  const packed: Packed[] = []
  let texts: string[] = []
  let length = 0
  const close = (): void => {
    if (texts.length > 0) packed.push({ first, count: texts.length, text: `[${texts.join()}]` })
    first += texts.length
    texts = []
    length = 0
  }
  for (const { data, event } of events) {
    const text = JSON.stringify(event === undefined ? [data] : [data, event])
    if (length + text.length > size) close()
    texts.push(text)
    length += text.length
  }
  close()
  return packed
}
