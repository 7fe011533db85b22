import type { FetchHandler } from '../serve.ts'
import type { DenoServeInfo } from './types.ts'

/** The requests of a server that are being answered, so that it can stop when there are none. */
export class Requests {
  #count = 0
  #finished: (() => void) | undefined

  /** A handler whose requests count until their responses have left. Once finishing, it answers 503. */
  counted(fetch: FetchHandler<DenoServeInfo>): FetchHandler<DenoServeInfo> {
    return (request, info) => {
      if (this.#finished)
        return new Response(null, { status: 503, headers: { connection: 'close', 'retry-after': '1' } })
      this.#count++
      const left = (): void => this.#left()
      info.completed.then(left, left)
      return fetch(request, info)
    }
  }

  /** Whether any response has still to leave. */
  get busy(): boolean {
    return this.#count > 0
  }

  /** Take no more, and resolve when the last one has been answered. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#finished = resolve
      if (this.#count === 0) resolve()
    })
  }

  #left(): void {
    this.#count--
    if (this.#count === 0) this.#finished?.()
  }
}
