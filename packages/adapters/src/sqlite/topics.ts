import type { Position } from '@holdfast/core/hub'
import { firstRow, type SqlDatabase } from '../sql/database.ts'
import { type Kept, keptIn, type LogLimits, readableIn } from '../sql/kept.ts'
import { SqlLog } from '../sql/log.ts'
import { LogTable } from '../sql/log-table.ts'

/** A topic that has been used. */
export interface Topic {
  id: number
  epoch: number
  /** The head when its last row was dropped. */
  trimmed: number
}

/** Which topics a file has. Their names are written as JSON: as a text of SQLite, NUL would end them under Deno 2.9. */
export class Topics {
  readonly #database: SqlDatabase
  readonly #limits: LogLimits

  constructor(database: SqlDatabase, limits: LogLimits) {
    this.#database = database
    this.#limits = limits
  }

  find(topic: string): Topic | undefined {
    return firstRow(
      this.#database.rows<Topic>(
        'SELECT id, epoch, trimmed FROM holdfast_topics WHERE name = ?',
        JSON.stringify(topic),
      ),
    )
  }

  nameOf(id: number): string | undefined {
    const row = firstRow(this.#database.rows<{ name: string }>('SELECT name FROM holdfast_topics WHERE id = ?', id))
    return row && (JSON.parse(row.name) as string)
  }

  findOrCreate(topic: string, now: number): Topic {
    const found = this.find(topic)
    if (found) return found
    this.#database.run(
      'INSERT INTO holdfast_topics (name, epoch, trimmed, used) VALUES (?, ?, 0, ?)',
      JSON.stringify(topic),
      this.epochOfUnused,
      now,
    )
    return this.find(topic) as Topic
  }

  /** The epoch of topics that are not there. */
  get epochOfUnused(): number {
    return firstRow(this.#database.rows<{ epoch: number }>('SELECT epoch FROM holdfast_state'))?.epoch ?? 0
  }

  head(topic: string): Position {
    const found = this.find(topic)
    return found ? { epoch: found.epoch, offset: this.kept(found).head } : { epoch: this.epochOfUnused, offset: 0 }
  }

  log(topic: Topic): SqlLog {
    // The characters of all topics, since that is the order of all rows.
    return new SqlLog(this.#table(topic), () => this.#limits, { ...this.kept(topic), total: this.total })
  }

  /** To read from: without what is too old, whether it was dropped or not. */
  readable(topic: Topic, now: number): SqlLog {
    const table = this.#table(topic)
    return new SqlLog(table, () => this.#limits, readableIn(table, this.kept(topic), this.#limits, now))
  }

  kept(topic: Topic): Kept {
    return keptIn(this.#table(topic), topic.trimmed)
  }

  /** Characters that were ever stored: the place of the newest row among all, also when it was dropped. */
  get total(): number {
    const newest = firstRow(this.#database.rows<{ total: number }>('SELECT max(total) AS total FROM holdfast_log'))
    return Math.max(newest?.total ?? 0, this.dropped)
  }

  /** The place of the newest row that was dropped for its age or for room. */
  get dropped(): number {
    return firstRow(this.#database.rows<{ dropped: number }>('SELECT dropped FROM holdfast_state'))?.dropped ?? 0
  }

  #table({ id }: Topic): LogTable {
    return new LogTable(this.#database, id)
  }
}
