import { EventStreamParser, type ReceivedEvent } from '@holdfast/core'

/** One event stream of a test, read to the end. */
export class StreamClient {
  readonly events: ReceivedEvent[] = []
  readonly comments: string[] = []
  readonly response: Response
  lastEventId = ''
  closed = false
  readonly #abort: AbortController

  private constructor(response: Response, abort: AbortController) {
    this.response = response
    this.#abort = abort
    void this.#read()
  }

  /** Open it and wait for the head. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    const abort = new AbortController()
    return new StreamClient(await fetch(url, { headers, signal: abort.signal }), abort)
  }

  get texts(): string[] {
    return this.events.map(({ data }) => data)
  }

  leave(): void {
    this.#abort.abort()
  }

  async #read(): Promise<void> {
    const parser = new EventStreamParser({
      onEvent: (event) => {
        this.lastEventId = event.id
        this.events.push(event)
      },
      onComment: (text) => void this.comments.push(text),
      onCheckpoint: (id) => void (this.lastEventId = id),
    })
    try {
      for await (const chunk of this.response.body ?? []) parser.push(chunk)
    } catch {
      // Cut, which some tests do.
    }
    this.closed = true
  }
}

/** Wait until it is so. */
export async function eventually(what: string, look: () => boolean | Promise<boolean>, within = 60_000): Promise<void> {
  const deadline = Date.now() + within
  while (!(await look())) {
    if (Date.now() >= deadline) throw new Error(`Waited ${within} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function numbered(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index))
}
