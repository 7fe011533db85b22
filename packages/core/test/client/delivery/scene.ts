import { vi } from 'vitest'
import type { Source } from '../../../src/client/delivery/coverage.ts'
import { Delivery, type DeliveryHost, type Outcome } from '../../../src/client/delivery/delivery.ts'
import { Queue } from '../../../src/client/delivery/queue.ts'
import { Received } from '../../../src/wire/received.ts'
import { topicKey } from '../../../src/wire/position.ts'

const topics = ['a', 'b'] as const
type Topic = (typeof topics)[number]

/** `a5` is the fifth event of the topic `a` in epoch 2, `a5.1` in epoch 1. */
export function idOf(...positions: string[]): string {
  return `c1${positions.map(componentOf).join('')}`
}

function componentOf(position: string): string {
  const [, topic = '', offset = '', epoch = '2'] = /^(\D+)(\d+)\.?(\d+)?$/.exec(position) ?? []
  return `~${topicKey(topic)}-${epoch}-${Number(offset).toString(36)}`
}

function nameOf(id: string): string {
  return id.replaceAll(/~([^~-]+)-(\d+)-(\w+)/g, (_, key: string, epoch: string, offset: string) => {
    const topic = topics.find((each) => topicKey(each) === key) ?? key
    return ` ${topic}${parseInt(offset, 36)}${epoch === '2' ? '' : `.${epoch}`}`
  })
}

/** What one stream brings. */
export class FakeSource implements Source {
  readonly coverage
  isBringing = true
  isPrimary = false
  readonly #delivery: Delivery

  readonly #sources: Set<Source>

  constructor(delivery: Delivery, sources: Set<Source>, adoptsOlderLog: boolean) {
    this.#delivery = delivery
    this.coverage = delivery.cover(adoptsOlderLog)
    this.#sources = sources.add(this)
  }

  /** Events that follow on each other: the last outcome. */
  event(...positions: string[]): Outcome {
    return positions.map((position) => this.#take('message', position, idOf(position))).at(-1) as Outcome
  }

  /** An event whose id is the whole vector. */
  full(...positions: string[]): Outcome {
    return this.#take('message', positions[0] as string, idOf(...positions))
  }

  checkpoint(...positions: string[]): Outcome {
    return this.#delivery.takeCheckpoint(this, idOf(...positions))
  }

  gap(reason: string, missing: readonly Topic[], ...positions: string[]): Outcome {
    return this.#take('gap', JSON.stringify({ reason, topics: missing }), idOf(...positions))
  }

  tooLarge(position: string): Outcome {
    return this.#delivery.takeTooLarge(this, idOf(position))
  }

  /** An event of another kind of server. */
  opaque(data: string, id?: string): Outcome {
    return this.#take('message', data, id)
  }

  leave(): void {
    this.#sources.delete(this)
  }

  #take(event: string, data: string, ownId: string | undefined): Outcome {
    return this.#delivery.takeEvent(this, new Received(event, data, ownId ?? 'earlier'), ownId)
  }
}

/** A delivery, and what it gives to the application. */
export class Scene {
  readonly onLimit = vi.fn()
  readonly delivery: Delivery
  readonly #queue = new Queue()
  readonly #sources = new Set<Source>()

  constructor(begin: string[] = [], host: Partial<DeliveryHost> = {}) {
    this.delivery = new Delivery(this.#sources, this.#queue, { onLimit: this.onLimit, ...host })
    if (begin.length > 0) this.delivery.positions.begin(idOf(...begin))
    this.delivery.names.learn(topics)
  }

  source(adoptsOlderLog = false): FakeSource {
    return new FakeSource(this.delivery, this.#sources, adoptsOlderLog)
  }

  /** What the application is given: data of events, and gaps. */
  get given(): string[] {
    return this.#entries.flatMap(({ event, gap }) => {
      if (gap)
        return [`${gap.reason} ${gap.topics.join()}:${nameOf(gap.from)} to${nameOf(gap.to)}`.replaceAll('c1', '')]
      return event ? [event.data] : []
    })
  }

  get #entries(): NonNullable<ReturnType<Queue['take']>>[] {
    const entries = []
    for (let entry = this.#queue.take(); entry; entry = this.#queue.take()) entries.push(entry)
    return entries
  }

  /** The same, with the ids to resume from, also of what is no event. */
  get ids(): string[] {
    return this.#entries.map(({ event, id }) => `${event ? event.data : '–'} ${nameOf(id)}`)
  }
}
