import { connect, type EventConnection, type RedundancyLevel } from '@holdfast/core/client'
import { EventStreamParser, type ReceivedEvent } from '@holdfast/core'
import type { Pipe } from './pipe.ts'
import { createRandom } from './random.ts'
import { vectorOf } from './wire.ts'
import type { World } from './world.ts'

export type Policy = 'native' | 'naive' | RedundancyLevel | 'auto'

export interface Accepted {
  number: number
  at: number
}

/** The time, timers and chance of a process. */
export interface ProcessClock {
  now(): number
  wallTime(): number
  setTimer(callback: () => void, delay: number): unknown
  clearTimer(task: { run: unknown }): void
  random(): number
}

export function clockOf(world: World): ProcessClock {
  return {
    now: () => world.now,
    wallTime: () => world.now,
    setTimer: (callback, delay) => world.after(delay, callback),
    clearTimer: (task) => void (task.run = undefined),
    random: createRandom(Math.floor(world.random() * 2 ** 31)),
  }
}

/** One client, whatever its policy, and what it got. */
export class Client {
  readonly name: string
  readonly got: Accepted[] = []
  readonly gaps: {
    from: Map<string, { epoch: number; offset: number }>
    to: Map<string, { epoch: number; offset: number }>
  }[] = []
  /** How long it had no stream that works, each time. */
  readonly interruptions: number[] = []
  readonly states: string[] = []
  error: unknown
  /** Whether a fault took a working stream away. */
  struck = false
  readonly #world: World
  readonly #live = new Set<Pipe>()
  #bareSince: number | undefined
  #close: () => void = () => {}

  constructor(name: string, world: World) {
    this.name = name
    this.#world = world
  }

  /** A stream of this client begins or ceases to work, whether it knows or not. */
  covered(pipe: Pipe, works: boolean): void {
    if (works) {
      this.#live.add(pipe)
      if (this.#bareSince !== undefined && this.#world.now > this.#bareSince)
        this.interruptions.push(this.#world.now - this.#bareSince)
      this.#bareSince = undefined
    } else if (this.#live.delete(pipe) && this.#live.size === 0) {
      this.#bareSince = this.#world.now
    }
  }

  /** A fault takes a stream away. */
  strike(pipe: Pipe): void {
    this.struck ||= this.#live.has(pipe)
    this.covered(pipe, false)
  }

  /** Count an interruption that has not ended. */
  finish(): void {
    if (this.#bareSince !== undefined) this.interruptions.push(this.#world.now - this.#bareSince)
    this.#close()
  }

  /** @param clock - of the process that it is in: by default one of its own */
  start(policy: Policy, urls: readonly string[], fetch: typeof globalThis.fetch, clock = clockOf(this.#world)): void {
    if (policy === 'native') this.#follow(fetch, urls.slice(0, 1), true)
    else if (policy === 'naive') this.#follow(fetch, urls, false)
    else this.#connect(policy, urls, fetch, clock)
  }

  #connect(
    redundancy: RedundancyLevel | 'auto',
    urls: readonly string[],
    fetch: typeof globalThis.fetch,
    clock: ProcessClock,
  ): void {
    const world = this.#world
    const options = {
      fetch,
      redundancy,
      onGap: ({ from, to }: { from: string; to: string }) =>
        void this.gaps.push({ from: vectorOf(from), to: vectorOf(to) }),
      [Symbol.for('holdfast.clock')]: clock,
    }
    const connection: EventConnection = connect([...urls], options)
    connection.on('message', (event) => this.#take(event))
    connection.onStatus((status) => {
      this.states.push(`${Math.round(world.now)} ${JSON.stringify(status)}`)
      if (status.state === 'closed' && status.error) this.error = status.error
    })
    this.#close = () => connection.close()
  }

  /** What EventSource does, or with `resumes` false a new EventSource for the next URL a second after each error. */
  #follow(fetch: typeof globalThis.fetch, urls: readonly string[], resumes: boolean): void {
    let lastEventId = ''
    let retry = 3_000
    let index = 0
    let closed = false
    const controller = new AbortController()
    this.#close = () => {
      closed = true
      controller.abort()
    }
    const dial = async (): Promise<void> => {
      try {
        const headers = new Headers(resumes && lastEventId ? { 'last-event-id': lastEventId } : {})
        const response = await fetch(urls[index % urls.length] as string, { headers, signal: controller.signal })
        // EventSource gives up for good here; the list of the tutorials goes on.
        if (response.status !== 200 && resumes) return
        const parser = new EventStreamParser({
          onEvent: (event) => {
            lastEventId = event.id
            if (event.event === 'message') this.#take(event)
          },
          onCheckpoint: (id) => void (lastEventId = id),
          onRetry: (milliseconds) => void (retry = milliseconds),
        })
        const reader = response.status === 200 ? response.body?.getReader() : undefined
        for (let result = await reader?.read(); result && !result.done; result = await reader?.read())
          parser.push(result.value)
      } catch {
        // It comes back.
      }
      if (closed) return
      index++
      this.#world.after(resumes ? retry : 1_000, () => void dial())
    }
    void dial()
  }

  #take(event: Pick<ReceivedEvent, 'data'>): void {
    this.got.push({ number: Number(event.data), at: this.#world.now })
  }
}
