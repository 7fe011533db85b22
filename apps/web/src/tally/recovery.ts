/** What is newest is older than this: somebody who looks on notices. */
const felt = 500
/** What comes with no more delay than this is live again. */
const fresh = 300
/** A fault that was not felt in this time is none for this client. */
const patience = 5_000

/** How a client fares with the latest fault. */
export type RecoveryState =
  | { readonly kind: 'none' }
  /** It was done, and nothing is felt yet. */
  | { readonly kind: 'watching' }
  /** Nothing new arrives. */
  | { readonly kind: 'suffering'; readonly since: number }
  | { readonly kind: 'recovered'; readonly took: number }
  /** Nobody would have noticed. `worst` is how old the newest became. */
  | { readonly kind: 'unfelt'; readonly worst: number }

/** Watches from a fault on until what arrives is live again. Times are milliseconds of one clock. */
export class Recovery {
  #state: RecoveryState = { kind: 'none' }
  #faultAt = 0
  #worst = 0

  get state(): RecoveryState {
    return this.#state
  }

  /** Something was done to a server, or to the network. */
  begin(now: number): void {
    this.#faultAt = now
    this.#worst = 0
    this.#state = { kind: 'watching' }
  }

  /** @param age - how old the newest is that is known */
  look(now: number, age: number): void {
    if (this.#state.kind !== 'watching') return
    this.#worst = Math.max(this.#worst, age)
    if (age > felt) this.#state = { kind: 'suffering', since: this.#faultAt }
    else if (now - this.#faultAt > patience) this.#state = { kind: 'unfelt', worst: this.#worst }
  }

  /** @param delay - how long what arrived was on its way */
  arrived(now: number, delay: number): void {
    if (this.#state.kind !== 'suffering' || delay > fresh) return
    this.#state = { kind: 'recovered', took: now - this.#faultAt }
  }
}
