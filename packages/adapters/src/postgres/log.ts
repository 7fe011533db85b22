import {
  type Broker,
  BrokerUnavailableError,
  type HistoryPage,
  type Position,
  type StoredEvent,
} from '@holdfast/core/hub'
import type { LogBounds } from '../log/bounds.ts'
import { isAfter } from '../log/position.ts'
import { SeenPositions } from '../log/seen.ts'
import { namesOf, type SchemaNames } from './names.ts'
import type { Queries } from './queries.ts'
import { fromText, toText } from './text.ts'

/** What is known of a topic outlives its last use, and its events, by a day. */
const topicLasts = 24 * 3_600_000
/** A page ends once it holds so many bytes. */
const pageBytes = 1_048_576

/** Numbers of Postgres come as text, or as whatever the user has set for them. */
type BigInteger = string | number | bigint

interface HeadRow {
  epoch: BigInteger | null
  head: BigInteger | null
}

interface PageRow {
  epoch: BigInteger
  head: BigInteger
  trimmed: BigInteger
  start: BigInteger
  offset: BigInteger | null
  type: string | null
  data: string | null
}

/** Topics' logs as Postgres keeps them. */
export class PostgresLog {
  readonly #queries: Queries
  readonly #names: SchemaNames
  readonly #bounds: LogBounds
  readonly #seen = new SeenPositions()

  constructor(queries: Queries, schema: string, bounds: LogBounds) {
    this.#queries = queries
    this.#names = namesOf(schema)
    this.#bounds = bounds
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    const { maxEvents, maxAge } = this.#bounds
    const [row] = await this.#queries.run({
      what: 'publish',
      text: `SELECT * FROM ${this.#names.schema}.publish($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      values: [
        ...this.#topicArguments(topic),
        maxEvents,
        maxAge,
        this.#names.wakeChannel,
        key === undefined ? null : toText(key),
        events.map(({ event }) => (event === undefined ? null : toText(event))),
        events.map(({ data }) => toText(data)),
      ],
      signal,
    })
    const { epoch, head, is_duplicate: duplicate } = row as HeadRow & { is_duplicate: boolean }
    const position = { epoch: Number(epoch), offset: Number(head) }
    this.#seen.add(topic, position)
    return { position, duplicate }
  }

  async read(topic: string, after: Position | 'earliest', limit: number): Promise<HistoryPage> {
    let page = await this.#readPage(topic, after, limit)
    if (!page || isAfter(this.#seen.of(topic), page.head)) {
      // Never written, or behind what was told: only its beginning, or a new one, says where it is.
      await this.#queries.run({
        what: 'read',
        text: `SELECT FROM ${this.#names.schema}.begin_topic($1, $2, $3, $4)`,
        values: this.#topicArguments(topic),
      })
      page = await this.#readPage(topic, after, limit)
    }
    if (!page) throw new BrokerUnavailableError(`Cannot read: topic "${topic}" is gone as soon as it was made`)
    this.#seen.add(topic, page.head)
    return page
  }

  /** The newest position of each topic, and a mark that they are still in use. */
  async heads(topics: readonly string[]): Promise<(Position | undefined)[]> {
    const rows = await this.#queries.run({
      what: 'read',
      text: headsText(this.#names),
      values: [topics.map(toText)],
    })
    return (rows as HeadRow[]).map(({ epoch, head }) =>
      epoch === null || head === null ? undefined : { epoch: Number(epoch), offset: Number(head) },
    )
  }

  /** Let go of what is too old in topics that nobody writes to, a slice of it. */
  async sweep(): Promise<void> {
    const { maxAge } = this.#bounds
    await this.#queries.run({
      what: 'sweep',
      text: `SELECT ${this.#names.schema}.sweep($1, $2)`,
      values: [maxAge, maxAge + topicLasts],
    })
  }

  #topicArguments(topic: string): unknown[] {
    const { epoch, offset } = this.#seen.of(topic)
    return [toText(topic), this.#seen.nextEpoch, epoch, offset]
  }

  async #readPage(topic: string, after: Position | 'earliest', limit: number): Promise<HistoryPage | undefined> {
    const [epoch, offset] = after === 'earliest' ? [null, null] : [after.epoch, after.offset]
    const rows = await this.#queries.run({
      what: 'read',
      text: pageText(this.#names),
      values: [toText(topic), epoch, offset, limit, pageBytes],
    })
    return pageOf(after, rows as PageRow[])
  }
}

// One statement sees one moment: the head and the events belong together.
const pageText = ({ topics, events }: SchemaNames): string => `
WITH t AS (
  SELECT *, CASE WHEN $2::bigint = epoch AND $3::bigint BETWEEN trimmed AND head THEN $3 ELSE trimmed END AS start
  FROM ${topics} WHERE digest = sha256(convert_to($1, 'UTF8'))
)
SELECT t.epoch, t.head, t.trimmed, t.start, e."offset", e.type, e.data
FROM t LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT "offset", type, data, sum(octet_length(data)) OVER (ORDER BY "offset") - octet_length(data) AS before
    FROM (SELECT * FROM ${events} WHERE topic = t.id AND "offset" > t.start ORDER BY "offset" LIMIT $4) AS slice
  ) AS measured WHERE before < $5
) AS e ON true ORDER BY e."offset"`

const headsText = ({ topics }: SchemaNames): string => `
WITH asked AS (
  SELECT sha256(convert_to(name, 'UTF8')) AS digest, n FROM unnest($1::text[]) WITH ORDINALITY AS names (name, n)
), used AS (
  UPDATE ${topics} SET used_at = clock_timestamp()
  WHERE digest IN (SELECT digest FROM asked) AND used_at < clock_timestamp() - interval '1 hour'
)
SELECT t.epoch, t.head FROM asked LEFT JOIN ${topics} t USING (digest) ORDER BY asked.n`

function pageOf(after: Position | 'earliest', rows: PageRow[]): HistoryPage | undefined {
  const [first] = rows
  if (!first) return undefined
  const head = { epoch: Number(first.epoch), offset: Number(first.head) }
  const events = rows.flatMap((row) => eventOf(head.epoch, row))
  const page = { events, head, more: (events.at(-1)?.position.offset ?? Number(first.start)) < head.offset }
  if (after === 'earliest') return page
  if (after.epoch !== head.epoch || after.offset > head.offset) return { ...page, gap: 'new-epoch' }
  return after.offset < Number(first.trimmed) ? { ...page, gap: 'trimmed' } : page
}

function eventOf(epoch: number, { offset, type, data }: PageRow): StoredEvent[] {
  if (offset === null || data === null) return []
  const stored = { position: { epoch, offset: Number(offset) }, data: fromText(data) }
  return [type === null ? stored : { ...stored, event: fromText(type) }]
}
