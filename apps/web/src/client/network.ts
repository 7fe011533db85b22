/** The page's way out, which it can watch and cut. */
export class Network {
  /** Origins that were asked for a stream and have not answered yet, and how often. */
  readonly #asked = new Map<string, number>()
  readonly #onChange: () => void
  #cut = new AbortController()
  #isUnplugged = false

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** A `fetch` whose requests and bodies end when the page is unplugged, and which asks nobody until it is plugged in. */
  readonly fetch: typeof fetch = async (input, init) => {
    if (this.#isUnplugged) throw new TypeError('The page is unplugged')
    const { origin } = new URL(input instanceof Request ? input.url : input, location.href)
    this.#count(origin, 1)
    try {
      const signals = [this.#cut.signal, init?.signal].filter((signal) => signal != null)
      return await fetch(input, { ...init, signal: AbortSignal.any(signals) })
    } finally {
      this.#count(origin, -1)
    }
  }

  isAsked(origin: string): boolean {
    return (this.#asked.get(origin) ?? 0) > 0
  }

  get isUnplugged(): boolean {
    return this.#isUnplugged
  }

  unplug(unplugged: boolean): void {
    this.#isUnplugged = unplugged
    if (!unplugged) return
    this.#cut.abort(new TypeError('The page was unplugged'))
    this.#cut = new AbortController()
  }

  #count(origin: string, by: number): void {
    this.#asked.set(origin, (this.#asked.get(origin) ?? 0) + by)
    this.#onChange()
  }
}
