import { clearImmediate, setImmediate } from 'node:timers'
import { BrokerClosedError, BrokerUnavailableError } from '@holdfast/core/hub'
import { isBusy, toBrokerError } from './errors.ts'
import type { SqliteFile } from './file.ts'

interface Write {
  /** Characters that it holds. */
  size: number
  /** Called within a transaction, perhaps more than once. */
  act(): unknown
  resolve(result: unknown): void
  reject(error: unknown): void
  signal: AbortSignal | undefined
  /** When it is given up. */
  deadline: number
}

/** What waits for the file's lock, in characters; above, writes are refused. */
const mostWaiting = 32 * 1_048_576
/** What is written in one transaction: so long do other processes, and this one's streams, wait for it. */
const mostAtOnce = 4 * 1_048_576
/** Until the lock is tried again, in milliseconds: at least, and so much more by chance. */
const retryDelay = { least: 2, more: 10 }

/**
 * Writes what is asked for in one turn of the event loop in one transaction: one fsync for all of it. Where another
 * process holds the lock it tries again by a timer, since SQLite's own way of waiting would stop all streams.
 */
export class WriteQueue {
  readonly #file: SqliteFile
  readonly #lockTimeout: number
  readonly #afterCommit: () => void
  readonly #writes: Write[] = []
  #waiting = 0
  #due: { clear(): void } | undefined
  /** Of the last attempt that failed. */
  #failure: unknown
  #closed = false

  constructor(file: SqliteFile, lockTimeout: number, afterCommit: () => void) {
    this.#file = file
    this.#lockTimeout = lockTimeout
    this.#afterCommit = afterCommit
  }

  /**
   * @throws {BrokerUnavailableError} the lock was not to be had in time, too much waits for it, or the disk is full
   * @throws {SqliteFileError} the file can't be written
   */
  add<Result>(size: number, act: () => Result, signal?: AbortSignal): Promise<Result> {
    if (this.#waiting + size > mostWaiting && this.#writes.length > 0)
      return Promise.reject(this.#unavailable('too much waits for the lock of another process'))
    return new Promise<Result>((resolve, reject) => {
      const deadline = performance.now() + this.#lockTimeout
      this.#writes.push({ size, act, resolve, reject, signal, deadline })
      this.#waiting += size
      this.#flushSoon()
    })
  }

  /** Write what is there, once; what cannot be written now is refused. */
  close(): void {
    this.#closed = true
    this.#due?.clear()
    let waiting: readonly Write[] = []
    while (this.#writes.length > 0 && waiting.length === 0) waiting = this.#commit(this.#takeBatch())
    this.#putBack(waiting)
    for (const { reject } of this.#writes.splice(0)) reject(new BrokerClosedError())
  }

  #flushSoon(): void {
    if (this.#due || this.#closed) return
    const immediate = setImmediate(() => this.#flush())
    this.#due = { clear: () => clearImmediate(immediate) }
  }

  #flush(): void {
    this.#due = undefined
    this.#dropOverdue()
    const waiting = this.#commit(this.#takeBatch())
    this.#putBack(waiting)
    if (waiting.length > 0) this.#flushLater()
    else if (this.#writes.length > 0) this.#flushSoon()
  }

  #flushLater(): void {
    const timer = setTimeout(() => this.#flush(), retryDelay.least + Math.random() * retryDelay.more)
    this.#due = { clear: () => clearTimeout(timer) }
  }

  #takeBatch(): Write[] {
    const batch: Write[] = []
    let size = 0
    while (this.#writes.length > 0 && (size === 0 || size < mostAtOnce)) {
      const write = this.#writes.shift() as Write
      this.#waiting -= write.size
      if (write.signal?.aborted) write.reject(write.signal.reason)
      else size += batch.push(write) && write.size
    }
    return batch
  }

  /** Returns what has to wait for another process's lock. */
  #commit(batch: readonly Write[]): readonly Write[] {
    if (batch.length === 0) return batch
    try {
      this.#file.checkThere()
      const results = this.#file.write(() => batch.map(({ act }) => act()))
      for (const [index, { resolve }] of batch.entries()) resolve(results[index])
    } catch (error) {
      this.#failure = error
      return isBusy(error) ? batch : this.#refuse(batch, error)
    }
    this.#afterCommit()
    return []
  }

  // One that cannot be written must not take others with it.
  #refuse(batch: readonly Write[], error: unknown): readonly Write[] {
    const [only] = batch
    if (batch.length === 1) only?.reject(toBrokerError(this.#action, error))
    else for (const [index, write] of batch.entries()) if (this.#commit([write]).length > 0) return batch.slice(index)
    return []
  }

  #putBack(writes: readonly Write[]): void {
    this.#writes.unshift(...writes)
    for (const { size } of writes) this.#waiting += size
  }

  #dropOverdue(): void {
    const now = performance.now()
    for (let index = this.#writes.length - 1; index >= 0; index--) {
      const write = this.#writes[index] as Write
      if (write.deadline > now) continue
      this.#writes.splice(index, 1)
      this.#waiting -= write.size
      write.reject(this.#unavailable(`another process held its lock for ${this.#lockTimeout} ms`))
    }
  }

  #unavailable(reason: string): BrokerUnavailableError {
    return new BrokerUnavailableError(`${this.#action}: ${reason}`, { cause: this.#failure })
  }

  get #action(): string {
    return `Cannot write to "${this.#file.path}"`
  }
}
