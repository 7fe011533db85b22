/** One event block as a test sees it. */
export interface RawEvent {
  event: string
  data: string
  id: string | undefined
}

/**
 * A second opinion on what the server wrote: shares no code with `@holdfast/core`. It knows LF only, which is all that
 * Holdfast writes.
 */
export class EventReader {
  /** Comments so far, the last 1,000. */
  readonly comments: string[] = []
  readonly #onEvent: (event: RawEvent) => void
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #rest = ''

  constructor(onEvent: (event: RawEvent) => void) {
    this.#onEvent = onEvent
  }

  push(bytes: Uint8Array): void {
    const blocks = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) this.#read(block)
  }

  #read(block: string): void {
    const event: RawEvent = { event: 'message', data: '', id: undefined }
    const data: string[] = []
    for (const line of block.split('\n')) {
      const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
      if (name === '') this.#comment(value)
      else if (name === 'data') data.push(value)
      else if (name === 'event') event.event = value
      else if (name === 'id') event.id = value
    }
    if (data.length > 0) this.#onEvent({ ...event, data: data.join('\n') })
  }

  #comment(text: string): void {
    this.comments.push(text)
    if (this.comments.length > 1000) this.comments.shift()
  }
}
