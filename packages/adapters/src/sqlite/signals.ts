import { callSafely } from '@holdfast/core/adapter'
import { firstRow } from '../sql/database.ts'
import type { SqliteFile } from './file.ts'

interface SignalRow {
  id: number
  hub: string
  text: string
}

// Every process looks 50 times a second; one that was frozen for longer has missed signals, which may get lost.
const keptFor = 10_000
const mostKept = 1_000

/** Messages between the hubs of a machine, in a table that is looked at together with the log. */
export class SignalTable {
  readonly #file: SqliteFile
  readonly #receivers = new Map<string, Set<(text: string) => void>>()
  #seen = 0

  constructor(file: SqliteFile) {
    this.#file = file
  }

  get isHeard(): boolean {
    return this.#receivers.size > 0
  }

  /** Call within a write. */
  add(hubId: string, text: string, now: number): void {
    this.#file.run(
      'INSERT INTO holdfast_signals (at, hub, text) VALUES (?, ?, ?)',
      now,
      JSON.stringify(hubId),
      JSON.stringify(text),
    )
    this.#file.run('DELETE FROM holdfast_signals WHERE id <= ? OR at < ?', this.#newest - mostKept, now - keptFor)
  }

  listen(hubId: string, receive: (text: string) => void): () => void {
    if (!this.isHeard) this.#seen = this.#newest
    // A function of its own, since one may listen twice.
    const own = (text: string): void => receive(text)
    const receivers = this.#receivers.get(hubId) ?? new Set()
    this.#receivers.set(hubId, receivers.add(own))
    return () => {
      receivers.delete(own)
      if (receivers.size === 0 && this.#receivers.get(hubId) === receivers) this.#receivers.delete(hubId)
    }
  }

  /** Tell what has come since the last time. */
  deliver(): void {
    if (!this.isHeard) return
    const rows = [
      ...this.#file.rows<SignalRow>('SELECT id, hub, text FROM holdfast_signals WHERE id > ? ORDER BY id', this.#seen),
    ]
    for (const { id, hub, text } of rows) {
      this.#seen = id
      for (const receive of this.#receiversOf(JSON.parse(hub) as string))
        callSafely(receive, JSON.parse(text) as string)
    }
  }

  end(): void {
    this.#receivers.clear()
  }

  #receiversOf(hubId: string): Iterable<(text: string) => void> {
    if (hubId === '*') return [...this.#receivers.values()].flatMap((receivers) => [...receivers])
    return [...(this.#receivers.get(hubId) ?? [])]
  }

  get #newest(): number {
    const row = firstRow(
      this.#file.rows<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'holdfast_signals'"),
    )
    return row?.seq ?? 0
  }
}
