import type { StreamClose } from '@holdfast/core'

/** What the fixture remembers of one stream, by the name its request gave it. */
export interface StreamRecord {
  /** Every call of the response's `onClose`. */
  closes: CloseRecord[]
  /** Every call of the hub's `onClose`. */
  hubCloses: CloseRecord[]
  /** Only of streams with a source: what the source has seen. */
  source?: SourceRecord | undefined
}

/** A {@link StreamClose} that survives JSON. */
export interface CloseRecord extends Omit<StreamClose, 'error'> {
  error?: string | undefined
}

/** How far a source has come. */
export interface SourceRecord {
  /** Sends that were resolved. */
  sent: number
  /** True once `stream.signal` was aborted. */
  aborted: boolean
  /** True once the source is done, however it ended. */
  finished: boolean
  /** The code of the error that `send` rejected with. */
  rejected?: string | undefined
}

/** Keeps a {@link StreamRecord} for each name. */
export class Journal {
  readonly #records = new Map<string, StreamRecord>()

  of(name: string): StreamRecord {
    let record = this.#records.get(name)
    if (!record) this.#records.set(name, (record = { closes: [], hubCloses: [] }))
    return record
  }

  find(name: string): StreamRecord | undefined {
    return this.#records.get(name)
  }
}

export function toCloseRecord({ reason, duration, events, bytes, error }: StreamClose): CloseRecord {
  return { reason, duration, events, bytes, ...(error === undefined ? {} : { error: String(error) }) }
}
