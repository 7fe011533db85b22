import type { Broker, HistoryPage, Position, StoredEvent } from '@holdfast/core/hub'
import type { LogBounds } from '../log/bounds.ts'
import { Connection } from '../log/connection.ts'
import { EngineTimeoutError, withinDeadline } from '../log/deadline.ts'
import { SeenPositions } from '../log/seen.ts'
import { keysOf } from './keys.ts'
import type { RedisConnector, RedisLink } from './link.ts'
import { isReply, Script } from './script.ts'
import { headScript, publishScript, readScript } from './scripts.ts'

/** What is known of a topic outlives its last use, and its events, by a day. */
const stateLasts = 24 * 3_600_000

const head = new Script(headScript)
const publish = new Script(publishScript)
const read = new Script(readScript)

/** What is done on a link; aborted, nobody waits for it any more. */
type Call = (link: RedisLink, signal: AbortSignal) => Promise<unknown>

/** Topics' logs as Redis keeps them. */
export class RedisLog {
  readonly #prefix: string
  readonly #bounds: LogBounds
  readonly #wakeCommand: string
  readonly #connection: Connection<RedisLink>
  readonly #seen = new SeenPositions()

  /** @param onOpen - Redis is there, for the first time or again */
  constructor(connector: RedisConnector, prefix: string, bounds: LogBounds, onOpen: () => void) {
    this.#prefix = prefix
    this.#bounds = bounds
    this.#wakeCommand = connector.isCluster ? 'SPUBLISH' : 'PUBLISH'
    this.#connection = new Connection({
      timeout: bounds.timeout,
      onOpen,
      open: (onLost, signal) => connector.openLink({ onMessage: () => {}, onLost }, signal),
    })
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    const { maxEvents, maxAge } = this.#bounds
    const { channel } = keysOf(this.#prefix, topic)
    const call = this.#call(publish, topic, [
      String(maxEvents),
      String(maxAge),
      this.#wakeCommand,
      channel,
      ...flagged(key),
      ...events.flatMap(({ event, data }) => [...flagged(event), data]),
    ])
    const reply = await this.#exchange('publish', signal, call)
    const [epoch, offset, duplicate] = reply as [string, string, number | string]
    const position = { epoch: Number(epoch), offset: Number(offset) }
    this.#seen.add(topic, position)
    return { position, duplicate: Number(duplicate) === 1 }
  }

  async read(topic: string, after: Position | 'earliest', limit: number): Promise<HistoryPage> {
    const [epoch, offset] = after === 'earliest' ? ['', ''] : [String(after.epoch), String(after.offset)]
    const reply = await this.#exchange('read', undefined, this.#call(read, topic, [epoch, offset, String(limit)]))
    const [epochText, headText, gap, from, entries] = reply as [string, string, string, string, Entry[]]
    const head = { epoch: Number(epochText), offset: Number(headText) }
    this.#seen.add(topic, head)
    const events = entries.map((entry) => eventOf(head.epoch, entry))
    const page = { events, head, more: (events.at(-1)?.position.offset ?? Number(from)) < head.offset }
    return gap === 'trimmed' || gap === 'new-epoch' ? { ...page, gap } : page
  }

  /** The newest position of each topic. */
  async heads(topics: readonly string[]): Promise<Position[]> {
    const replies = await this.#exchange('read', undefined, (link, signal) =>
      Promise.all(topics.map((topic) => this.#call(head, topic, [])(link, signal))),
    )
    return (replies as [string, string][]).map(([epoch, offset], index) => {
      const position = { epoch: Number(epoch), offset: Number(offset) }
      this.#seen.add(topics[index] as string, position)
      return position
    })
  }

  /** Send a message that is not kept. */
  async send(channel: string, text: string): Promise<void> {
    await this.#exchange('signal', undefined, (link, signal) =>
      link.send(channel, [this.#wakeCommand, channel, text], signal),
    )
  }

  close(): void {
    this.#connection.close()
  }

  #call(script: Script, topic: string, args: readonly string[]): Call {
    const { state, stream, known } = keysOf(this.#prefix, topic)
    const { epoch, offset } = this.#seen.of(topic)
    const common = [this.#seen.nextEpoch, epoch, offset, this.#bounds.maxAge + stateLasts].map(String)
    return (link, signal) => script.run(link, [state, stream, known], [...common, ...args], signal)
  }

  async #exchange(what: string, signal: AbortSignal | undefined, action: Call): Promise<unknown> {
    let link: RedisLink | undefined
    try {
      return await withinDeadline({ what, timeout: this.#bounds.timeout, signal }, async (given) => {
        link = await this.#connection.get()
        given.throwIfAborted()
        return await action(link, given)
      })
    } catch (error) {
      const isReplica = error instanceof Error && isReply(error.cause, 'READONLY')
      // A server that is a replica now: the connection has outlived a failover.
      if (error instanceof EngineTimeoutError || isReplica) this.#connection.replace(link)
      throw error
    }
  }
}

/** An entry of a stream: its id, then fields and values. */
type Entry = [id: string, fields: [string, string, string?, string?]]

function eventOf(epoch: number, [id, [, data, , event]]: Entry): StoredEvent {
  const position = { epoch, offset: parseInt(id) }
  return event === undefined ? { position, data } : { position, event, data }
}

function flagged(text: string | undefined): [string, string] {
  return text === undefined ? ['0', ''] : ['1', text]
}
