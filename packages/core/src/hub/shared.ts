import type { TopicBudget } from './topic-budget.ts'

/** Something opened once for all who use it, and closed when the last of them leaves. */
export interface Shared<T> {
  readonly key: string
  users: number
  opened: Promise<T>
  /** Once it is open. */
  value?: T
}

/** How a {@link SharedMap} treats its values. */
export interface SharedOptions<T> {
  budget: TopicBudget
  /** How many bytes a value takes. */
  costOf(key: string): number
  close(value: T): void
}

/** Values by key that are shared by their users. */
export class SharedMap<T> {
  readonly #options: SharedOptions<T>
  readonly #shared = new Map<string, Shared<T>>()

  constructor(options: SharedOptions<T>) {
    this.#options = options
  }

  get size(): number {
    return this.#shared.size
  }

  get(key: string): Shared<T> | undefined {
    return this.#shared.get(key)
  }

  /** Use a value. @throws {TopicsFullError} it would have to be opened, and there is no room */
  use(key: string, open: () => Promise<T>): Shared<T> {
    const shared = this.#shared.get(key) ?? this.#open(key, open)
    shared.users++
    return shared
  }

  /** A user leaves, once. */
  leave(shared: Shared<T>): void {
    shared.users--
    if (shared.users > 0) return
    this.#forget(shared)
    // One that never opened has nothing to close; whoever asked for it was told.
    if (shared.value !== undefined) this.#options.close(shared.value)
    else shared.opened.then(this.#options.close, () => {})
  }

  #open(key: string, open: () => Promise<T>): Shared<T> {
    const { budget, costOf } = this.#options
    budget.take(costOf(key))
    const shared: Shared<T> = { key, users: 0, opened: open() }
    this.#shared.set(key, shared)
    shared.opened.then(
      (value) => (shared.value = value),
      // At once: kept until its last user has left, a failure might never leave a busy hub.
      () => this.#forget(shared),
    )
    return shared
  }

  #forget(shared: Shared<T>): void {
    const { key } = shared
    if (this.#shared.get(key) !== shared) return
    this.#shared.delete(key)
    this.#options.budget.give(this.#options.costOf(key))
  }
}
