import type { Entry, Log, Position, Topic } from './log.ts'
import type { Pipe } from './pipe.ts'
import { bytesOf, hintOf, idOf, vectorOf } from './wire.ts'
import type { World } from './world.ts'

/** What a request comes to. */
export interface Reply {
  status: number
  headers: Record<string, string>
}

interface Stream {
  pipe: Pipe
  client: string
  standby: boolean
  /** Its client keeps the vector itself: an event's id tells of its own topic only. */
  keepsVector: boolean
  /** Where it is, by topic key. */
  vector: Map<string, Position>
  toldAt: number
}

/** One simulated hub: it has the log a little later than it is written, and speaks real event stream bytes. */
export class Server {
  readonly name: string
  up = true
  /** The path to it swallows everything. */
  holed = false
  /** Milliseconds by which everything it sends is late. */
  late = 0
  /** Milliseconds it takes to answer. */
  think = 2
  load = 0.2
  shed = 0
  maxStreams = Infinity
  /** What it answers instead of a stream. */
  refusal: Reply | undefined
  draining = false
  /** Its log does not move. */
  stale = false
  readonly streams: Set<Stream> = new Set()
  readonly #world: World
  readonly #log: Log
  /** It never writes anything but whole vectors. */
  readonly #isOld: boolean
  readonly #heads = new Map<string, Position>()
  readonly #heartbeat: number
  #lastAt: number[] = []

  constructor(name: string, world: World, log: Log, heartbeat = 5_000) {
    this.#heartbeat = heartbeat
    this.name = name
    this.#isOld = name === 's3'
    this.#world = world
    this.#log = log
    for (const topic of log.topics) this.#heads.set(topic.key, log.headOf(topic))
    log.follow((entry) => this.#hear(entry))
    const beat = (): void => {
      this.#beat()
      world.after(heartbeat, beat)
    }
    world.after(world.between(0, heartbeat), beat)
  }

  answer(url: URL, headers: Headers, pipe: Pipe, client: string): Reply {
    if (this.draining || this.streams.size >= this.maxStreams) {
      return { status: 503, headers: { 'retry-after': String(Math.ceil(this.#world.between(5, 15))) } }
    }
    if (this.refusal) return this.refusal
    pipe.delay += this.late
    const standby = url.searchParams.get('mode') === 'standby'
    const from = url.searchParams.get('lastEventId') ?? headers.get('last-event-id') ?? ''
    const isOurs = headers.get('accept')?.includes('holdfast=1') === true
    const keepsVector = isOurs && !this.#isOld
    const stream: Stream = { pipe, client, standby, keepsVector, vector: new Map(this.#heads), toldAt: 0 }
    pipe.onCancel = () => this.streams.delete(stream)
    this.streams.add(stream)
    // A hub leaves the back-off to clients that have one.
    const retry = isOurs ? '' : `retry: ${Math.round(this.#world.between(1_000, 4_000))}\n`
    this.#open(stream, from, retry)
    return { status: 200, headers: { 'content-type': 'text/event-stream' } }
  }

  /** Every stream ends at once: the process is gone, and its machine says so. */
  crash(): void {
    this.up = false
    for (const { pipe } of this.streams) pipe.finish(new Error('Connection reset'))
    this.streams.clear()
  }

  /** Say that it goes away, and go. */
  drain(within: number): void {
    this.draining = true
    for (const { pipe } of this.streams) pipe.write(bytesOf(hintOf({ drain: within })))
    this.#world.after(within, () => this.crash())
  }

  /** Come back, knowing the log. */
  start(): void {
    this.up = true
    this.draining = false
    this.refusal = undefined
    for (const topic of this.#log.topics) this.#heads.set(topic.key, this.#log.headOf(topic))
  }

  #open(stream: Stream, from: string, retry: string): void {
    const { pipe, vector } = stream
    const topics = this.#log.topics.map(({ name }) => encodeURIComponent(name)).join(',')
    const hint = `: hint heartbeat=${this.#heartbeat} t=${Math.round(this.#world.now)} load=${this.load} topics=${topics}\n\n`
    if (stream.standby) return pipe.write(bytesOf(`${hint}${retry}\n${hintOf({ at: idOf(this.#heads) })}`))
    const positions = from.startsWith('c1~') ? vectorOf(from) : new Map<string, Position>()
    for (const [key, position] of positions) vector.set(key, position)
    let text = `${hint}${retry}id: ${idOf(vector)}\n\n`
    let hasGap = false
    for (const topic of this.#log.topics) {
      const head = this.#heads.get(topic.key) as Position
      const { entries, gap, start } = this.#log.read(topic, vector.get(topic.key) as Position, head)
      if (gap) {
        const before = idOf(vector)
        vector.set(topic.key, start)
        hasGap = true
        const id = this.#idAfter(stream, topic)
        text += `id: ${id}\nevent: gap\ndata: ${JSON.stringify({ reason: gap, topics: [topic.name], from: before, to: id })}\n\n`
      }
      for (const entry of entries) text += this.#event(stream, entry)
    }
    if (hasGap && stream.keepsVector) text += `id: ${idOf(vector)}\n\n`
    pipe.write(bytesOf(text))
  }

  // Replication takes a little, another time each time, so that servers merge topics in different orders.
  #hear(entry: Entry): void {
    const index = this.#log.topics.indexOf(entry.topic)
    const at = Math.max(this.#world.now + this.#world.between(1, 15), this.#lastAt[index] ?? 0)
    this.#lastAt[index] = at
    this.#world.after(at - this.#world.now, () => this.#append(entry))
  }

  #append(entry: Entry): void {
    if (!this.up || this.stale) return
    const head = this.#heads.get(entry.topic.key) as Position
    // It was read from the log at a restart.
    if (entry.epoch < head.epoch || (entry.epoch === head.epoch && entry.offset <= head.offset)) return
    this.#heads.set(entry.topic.key, entry)
    let shared: Uint8Array | undefined
    for (const stream of this.streams) {
      if (stream.standby) this.#tellAt(stream)
      else if (this.#log.topics.length === 1) stream.pipe.write((shared ??= bytesOf(this.#event(stream, entry))))
      else stream.pipe.write(bytesOf(this.#event(stream, entry)))
    }
  }

  #event(stream: Stream, { topic, epoch, offset, number }: Entry): string {
    stream.vector.set(topic.key, { epoch, offset })
    return `id: ${this.#idAfter(stream, topic)}\ndata: ${number}\n\n`
  }

  #idAfter({ vector, keepsVector }: Stream, topic: Topic): string {
    return keepsVector ? idOf(new Map([[topic.key, vector.get(topic.key) as Position]])) : idOf(vector, topic)
  }

  // At most once a second.
  #tellAt(stream: Stream): void {
    if (this.#world.now - stream.toldAt < 1_000) return
    stream.toldAt = this.#world.now
    stream.pipe.write(bytesOf(hintOf({ at: idOf(this.#heads), t: Math.round(this.#world.now) })))
  }

  // Hints come at every interval, also on a busy stream: without `t` nobody could see that it is slow.
  #beat(): void {
    if (!this.up) return
    for (const { pipe, standby, vector } of this.streams) {
      const hint = hintOf({
        heartbeat: this.#heartbeat,
        t: Math.round(this.#world.now),
        load: this.load,
        ...(this.shed > 0 && { shed: this.shed }),
      })
      pipe.write(bytesOf(standby ? hint : `${hint}id: ${idOf(vector)}\n\n`))
    }
  }
}
