import { setImmediate as nextTurn } from 'node:timers/promises'
import { vi } from 'vitest'
import type { Clock } from '../../../src/clock.ts'
import { shared } from '../../../src/client/index.ts'
import type { ConnectOptions, EventConnection, TopicEvent } from '../../../src/client/types.ts'
import { memoryBroker } from '../../../src/hub/broker/memory-broker.ts'
import { createHub, type Hub } from '../../../src/hub/index.ts'
import { FakeEnvironment } from '../../support/fake-environment.ts'

/** What a tab does with messages and locks: nothing, while it is frozen. */
class Process {
  isFrozen = false
  isDead = false
  readonly waiting: (() => void)[] = []

  run(task: () => void): void {
    if (this.isDead) return
    if (this.isFrozen) this.waiting.push(task)
    else task()
  }

  thaw(): void {
    this.isFrozen = false
    for (const task of this.waiting.splice(0)) task()
  }
}

interface Channel {
  readonly owner: Process
  readonly name: string
  onmessage?: (event: { data: unknown }) => void
}

interface LockRequest {
  owner: Process
  grant(): void
  steal(): void
  isHeld: boolean
}

/** The tabs of one origin, in one process and a world of their own, and a hub for them. */
export class Origin {
  readonly environment = new FakeEnvironment()
  readonly hub: Hub = createHub({ broker: memoryBroker() })
  readonly #channels = new Set<Channel>()
  readonly #locks = new Map<string, LockRequest[]>()
  isDown = false
  #current = new Process()

  constructor() {
    vi.stubGlobal('BroadcastChannel', this.#channelClass())
    vi.stubGlobal('navigator', { locks: { request: this.#request } })
  }

  /** Open a tab that shares `/events` with these topics. */
  tab(topics: string[], options: ConnectOptions = {}): OpenTab {
    const process = (this.#current = new Process())
    const url = `http://hub.test/events?${topics.map((topic) => `topic=${topic}`).join('&')}`
    const inside = { fetch: this.fetch, ...options, [Symbol.for('holdfast.clock')]: this.#clock(process) }
    return new OpenTab(process, shared(url, inside), this)
  }

  /** How many streams the hub has open. */
  get streams(): number {
    return this.hub.stats().subscribers
  }

  async publish(topic: string, ...data: string[]): Promise<void> {
    for (const each of data) await this.hub.publish(topic, { data: each })
    await this.environment.advance(300)
  }

  release(process: Process): void {
    for (const requests of this.#locks.values()) {
      const held = requests[0]
      const rest = requests.filter(({ owner }) => owner !== process)
      requests.splice(0, requests.length, ...rest)
      if (held?.owner === process) requests[0]?.grant()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close()
    vi.unstubAllGlobals()
  }

  #channelClass(): new (name: string) => Channel {
    const channels = this.#channels
    const run = (other: Channel, data: unknown): void =>
      this.#run(other.owner, () => other.onmessage?.({ data: structuredClone(data) }))
    const ownerOfNext = (): Process => this.#current
    return class implements Channel {
      onmessage?: (event: { data: unknown }) => void
      readonly owner = ownerOfNext()
      readonly name: string

      constructor(name: string) {
        this.name = name
        channels.add(this)
      }

      postMessage(data: unknown): void {
        if (this.owner.isDead) return
        for (const other of channels) {
          if (other !== this && other.name === this.name) void Promise.resolve().then(() => run(other, data))
        }
      }

      close(): void {
        channels.delete(this)
      }
    }
  }

  #clock(process: Process): Clock {
    const { environment } = this
    return {
      now: () => environment.now(),
      wallTime: () => environment.wallTime(),
      random: () => environment.random(),
      clearTimer: (handle) => environment.clearTimer(handle),
      setTimer: (callback, delay) => environment.setTimer(() => this.#run(process, callback), delay),
    }
  }

  // Whatever a task asks of the locks, it asks for its own tab.
  #run(process: Process, task: () => void): void {
    process.run(() => {
      this.#current = process
      task()
    })
  }

  readonly fetch = (async (url: string, init: RequestInit) => {
    if (this.isDown) throw new TypeError('Connection refused')
    return this.hub.respond(new Request(url, init), { topics: new URL(url).searchParams.getAll('topic') })
  }) as typeof fetch

  // Another process grants it.
  async #hold(callback: () => Promise<void>): Promise<void> {
    await nextTurn()
    await callback()
  }

  readonly #request = (
    name: string,
    { steal = false, signal }: { steal?: boolean; signal?: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const requests = this.#locks.get(name) ?? []
      this.#locks.set(name, requests)
      const remove = (): void => {
        const index = requests.indexOf(request)
        if (index < 0) return
        requests.splice(index, 1)
        if (index === 0) requests[0]?.grant()
      }
      const owner = this.#current
      const request: LockRequest = {
        owner,
        isHeld: false,
        grant: () => {
          if (request.isHeld) return
          request.isHeld = true
          void this.#hold(callback).then(() => {
            remove()
            resolve(undefined)
          })
        },
        steal: () => this.#run(owner, () => reject(new DOMException('Stolen', 'AbortError'))),
      }
      signal?.addEventListener('abort', () => {
        if (request.isHeld) return
        remove()
        reject(new DOMException('Aborted', 'AbortError'))
      })
      if (steal && requests[0]) requests.shift()?.steal()
      if (steal) requests.unshift(request)
      else requests.push(request)
      requests[0]?.grant()
    })
}

/** A tab that is open. */
export class OpenTab {
  readonly connection: EventConnection
  readonly events: TopicEvent[] = []
  readonly #process: Process
  readonly #origin: Origin

  constructor(process: Process, connection: EventConnection, origin: Origin) {
    this.#process = process
    this.#origin = origin
    this.connection = connection
    connection.on('*', (event) => this.events.push(event))
  }

  get data(): string[] {
    return this.events.map(({ data }) => data)
  }

  close(): void {
    this.connection.close()
  }

  /** Nothing of it runs any more, and what it held goes back. */
  crash(): void {
    this.#process.isDead = true
    this.#origin.release(this.#process)
  }

  freeze(): void {
    this.#process.isFrozen = true
  }

  thaw(): void {
    this.#process.thaw()
  }
}
