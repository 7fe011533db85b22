import { onWorkerd } from '../runtime.ts'
import { HubScopeError } from './errors.ts'

/**
 * Where a hub was made, in a Worker: there streams and timers belong to one request, and a hub that outlives it answers
 * later ones with streams that hang. In a Durable Object all requests are one.
 */
export class HubScope {
  #mark: Response | undefined

  /** @throws {HubScopeError} outside of any request, where workerd gives no random values (1.20261117) */
  constructor() {
    if (!onWorkerd) return
    inScope(() => crypto.randomUUID())
    this.#mark = mark()
  }

  /** @throws {HubScopeError} in another request than that which made it */
  check(): void {
    const before = this.#mark
    if (!before) return
    inScope(() => before.clone())
    // Another one: the halves of a clone keep what the other has not read.
    this.#mark = mark()
  }
}

// A body belongs to its request: workerd refuses to do anything with it in another.
function mark(): Response {
  return new Response('x')
}

function inScope(action: () => unknown): void {
  try {
    action()
  } catch (cause) {
    throw new HubScopeError({ cause })
  }
}
