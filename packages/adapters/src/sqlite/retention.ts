import { clearImmediate, clearInterval, setImmediate, setInterval } from 'node:timers'
import type { SqlDatabase } from '../sql/database.ts'
import type { SqliteFile } from './file.ts'
import type { ResolvedOptions } from './options.ts'

interface Place {
  topic: number
  first: number
  total: number
  at: number
}

// A step holds up the event loop and other writers for some milliseconds.
const rowsAtOnce = 256
/** How long a topic without events is remembered, in milliseconds. */
const forgetAfter = 7 * 86_400_000
const longestInterval = 60_000
const inOrder = `SELECT topic, first, total, at FROM holdfast_log ORDER BY total LIMIT ${rowsAtOnce}`

/**
 * Drops what is too old or too much, the oldest of all topics first. Any process may do it: whoever writes next, and where
 * nobody does, each of them now and then.
 */
export class Retention {
  readonly #file: SqliteFile
  readonly #maxBytes: number
  readonly #maxAge: number
  readonly #interval: number
  readonly #timer: NodeJS.Timeout | undefined
  #next = 0
  #step: NodeJS.Immediate | undefined

  constructor(file: SqliteFile, { maxBytes, limits }: ResolvedOptions) {
    this.#file = file
    this.#maxBytes = maxBytes
    this.#maxAge = limits.maxAge
    this.#interval = Math.min(this.#maxAge / 10, longestInterval)
    // It keeps no process from its end.
    if (this.#maxAge < Infinity) this.#timer = setInterval(() => this.#startNow(), this.#interval).unref()
  }

  /** Do what is due, a part in each turn. Nobody waits for it: where it fails, the next write tries again. */
  start(): void {
    if (this.#step) return
    try {
      if (!this.#drop(Date.now())) return
    } catch {
      // Whoever publishes or reads is told what is wrong with the file.
      return
    }
    this.#step = setImmediate(() => {
      this.#step = undefined
      this.start()
    })
  }

  end(): void {
    clearInterval(this.#timer)
    clearImmediate(this.#step)
  }

  #startNow(): void {
    this.#next = 0
    this.start()
  }

  /** Returns whether there is more. */
  #drop(now: number): boolean {
    const tooMuch = this.#file.usedBytes > this.#maxBytes
    if (!tooMuch && now < this.#next) return false
    const full = this.#file.write(() => this.#dropOldest(now, tooMuch))
    if (!full) this.#next = now + this.#interval
    return full
  }

  #dropOldest(now: number, tooMuch: boolean): boolean {
    const oldest = [...this.#file.rows<Place>(inOrder)]
    // The newest one stays, also where it alone is too much: it is still to be told.
    if (tooMuch && oldest.length < rowsAtOnce) oldest.pop()
    const young = tooMuch ? -1 : oldest.findIndex(({ at }) => at > now - this.#maxAge)
    const superfluous = young < 0 ? oldest : oldest.slice(0, young)
    dropRows(this.#file, superfluous, now)
    forgetTopics(this.#file, now)
    return superfluous.length === rowsAtOnce
  }
}

function dropRows(database: SqlDatabase, rows: readonly Place[], now: number): void {
  const last = rows.at(-1)
  if (!last) return
  database.run('UPDATE holdfast_state SET dropped = ?', last.total)
  for (const topic of new Set(rows.map((row) => row.topic)))
    database.run(
      `UPDATE holdfast_topics SET used = ?2, trimmed =
        (SELECT first + count - 1 FROM holdfast_log WHERE topic = ?1 ORDER BY first DESC LIMIT 1) WHERE id = ?1`,
      topic,
      now,
    )
  for (const { topic, first } of rows)
    database.run('DELETE FROM holdfast_log WHERE topic = ? AND first = ?', topic, first)
}

/** What is forgotten must not begin again at positions that it has had: topics that are not there get a later epoch. */
function forgetTopics(database: SqlDatabase, now: number): void {
  const unused = 'used < ? AND NOT EXISTS (SELECT 1 FROM holdfast_log WHERE topic = holdfast_topics.id)'
  database.run(
    `UPDATE holdfast_state SET epoch = max(epoch + 1, ?)
      WHERE EXISTS (SELECT 1 FROM holdfast_topics WHERE trimmed > 0 AND ${unused})`,
    now,
    now - forgetAfter,
  )
  database.run(`DELETE FROM holdfast_topics WHERE ${unused}`, now - forgetAfter)
}
