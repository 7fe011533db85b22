import type { EventSource } from '@holdfast/core/client'
import type { Plan, SeenRequest } from './plan.ts'

/** The class under test. */
export type EventSourceClass = typeof EventSource

/** One case of the suite. It fails by throwing. */
export interface EventSourceCase {
  name: string
  /** Asks for what the standard doesn't have: not for a browser's own class. */
  ours?: boolean
  /** Whether it can be asked here at all. Default: everywhere. */
  applies?(): boolean
  run(context: Context): void | Promise<void>
}

/** A stream that the case server will give. */
export interface PlannedStream {
  url: string
  /** What was asked for it so far. */
  seen(): Promise<SeenRequest[]>
  /** End the pause `{ until: 'released' }` of the latest answer. */
  release(): Promise<void>
}

/** What a case works with: the class, the servers, and sources that are closed afterwards. */
export class Context {
  readonly EventSource: EventSourceClass
  /** Two servers: they are of different origins. */
  readonly base: string
  readonly otherBase: string
  readonly #sources: EventSource[] = []

  constructor(type: EventSourceClass, base: string, otherBase: string) {
    this.EventSource = type
    this.base = base
    this.otherBase = otherBase
  }

  /** Plan a stream of its own. */
  plan(plan: Plan, base: string = this.base): PlannedStream {
    const name = Math.random().toString(36).slice(2)
    const url = `${base}/stream?name=${name}&plan=${encodeURIComponent(JSON.stringify(plan))}`
    return {
      url,
      seen: async () => (await (await fetch(`${base}/seen?name=${name}`)).json()) as SeenRequest[],
      release: async () => void (await (await fetch(`${base}/release?name=${name}`)).text()),
    }
  }

  /** Open what a plan gives, as a source that notes all its events. */
  open(plan: Plan, types?: string[]): { source: EventSource; events: Recorder; stream: PlannedStream } {
    const stream = this.plan(plan)
    const source = this.connect(stream.url)
    return { source, events: new Recorder(source, types), stream }
  }

  connect(...args: ConstructorParameters<EventSourceClass>): EventSource {
    return this.keep(new this.EventSource(...args))
  }

  /** Close a source when the case is over. */
  keep(source: EventSource): EventSource {
    this.#sources.push(source)
    return source
  }

  /** One that stays open and says nothing. */
  quiet(): EventSource {
    return this.connect(this.plan([{}]).url)
  }

  finish(): void {
    for (const source of this.#sources) source.close()
  }
}

/** The events of a source as they come: `open`, `error` and messages, each with the state at that moment. */
export class Recorder {
  readonly all: { event: Event; state: number }[] = []
  readonly #wakes: (() => void)[] = []

  constructor(source: EventSource, types: string[] = ['open', 'message', 'error']) {
    for (const type of types) {
      source.addEventListener(type, (event: Event) => {
        this.all.push({ event, state: source.readyState })
        // Not before the event's other listeners: a browser settles promises after each one.
        setTimeout(() => this.#wakes.splice(0).forEach((wake) => wake()), 0)
      })
    }
  }

  /** `message:data` for messages, `error:0` with the state for errors. */
  get log(): string[] {
    return this.all.map(({ event, state }) => {
      if (event instanceof MessageEvent) return `${event.type}:${event.data as string}`
      return event.type === 'error' ? `error:${state}` : event.type
    })
  }

  messages(): MessageEvent<string>[] {
    return this.all.map(({ event }) => event).filter((event) => event instanceof MessageEvent)
  }

  /** Wait until that many events are there. */
  async count(count: number): Promise<this> {
    await within(
      10_000,
      () => `${count} events, got ${JSON.stringify(this.log)}`,
      async () => {
        while (this.all.length < count) await new Promise<void>((resolve) => this.#wakes.push(resolve))
      },
    )
    return this
  }

  /** Wait for an event by its entry in the log. */
  async until(entry: string): Promise<this> {
    await within(
      10_000,
      () => `${entry}, got ${JSON.stringify(this.log)}`,
      async () => {
        while (!this.log.includes(entry)) await new Promise<void>((resolve) => this.#wakes.push(resolve))
      },
    )
    return this
  }
}

/** Whether this is a page or its worker. */
export const isBrowser = (): boolean => 'document' in globalThis || 'DedicatedWorkerGlobalScope' in globalThis

export const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Ask again until the answer is yes. */
export async function eventually(what: string, ask: () => Promise<boolean>): Promise<void> {
  await within(
    5_000,
    () => what,
    async () => {
      while (!(await ask())) await wait(20)
    },
  )
}

async function within(limit: number, what: () => string, work: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${limit} ms for ${what()}`)), limit)
  })
  await Promise.race([work(), late]).finally(() => clearTimeout(timer))
}
