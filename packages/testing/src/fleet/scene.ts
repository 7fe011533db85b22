import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import { AppServer } from './app-server.ts'
import { ClientReader } from './client-reader.ts'
import type { FleetEngine } from './engine.ts'
import { HealthWatch } from './health-watch.ts'
import { HttpPublisher } from './http-publisher.ts'
import { expectContiguous } from './judge.ts'

const runtimes = ['node', 'bun', 'deno'] as const
/** Milliseconds that an answer may take beyond its time: the machine is busy. */
const slack = 3_000

/** A server, who publishes to it, and who asks how it is. */
export interface Member {
  app: AppServer
  publisher: HttpPublisher
  health: HealthWatch
}

/** Three servers on three runtimes over one engine; one publishes to each, and clients of every kind read from all. */
export class FleetScene implements AsyncDisposable {
  readonly members: Member[] = []
  readonly readers: ClientReader[] = []
  /** Milliseconds until every server said that it was not ready; undefined where that was not asked. */
  noticed: number | undefined
  /** Milliseconds from the end of a fault until everybody publishes and reads again. */
  recovery = 0
  readonly #engine: FleetEngine
  /** Servers to which something happens themselves: nobody can expect an answer of those. */
  readonly #hurt = new Set<AppServer>()

  private constructor(engine: FleetEngine) {
    this.#engine = engine
  }

  static async start(engine: FleetEngine): Promise<FleetScene> {
    const scene = new FleetScene(engine)
    const started = await startAll(engine)
    const urls = started.map(({ url }) => url)
    const [single = ''] = urls
    for (const redundancy of ['none', 'standby', 'full'] as const)
      scene.readers.push(new ClientReader(redundancy, urls, redundancy))
    scene.readers.push(new ClientReader('one URL', [single], 'none'))
    for (const app of started) {
      const publisher = new HttpPublisher(app.runtime, app.url, engine.deadline + slack)
      scene.members.push({ app, publisher, health: new HealthWatch(app.url) })
    }
    try {
      await scene.going()
      await scene.expectReady(200)
      return scene
    } catch (error) {
      await scene[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The server with this number, which something is about to happen to. */
  hurt(index: number): AppServer {
    const { app } = this.members[index] as Member
    this.#hurt.add(app)
    return app
  }

  /**
   * Wait until something published to each server from now on has come to every reader.
   *
   * @param down - a server that is not there, nor for who knows no other one
   */
  async going(down?: AppServer): Promise<void> {
    const within = 30_000
    const members = this.#without(down)
    const from = members.map(({ publisher }) => publisher.accepted.length)
    const isGoing = (): boolean =>
      members.every(({ publisher }, index) => publisher.accepted.length > (from[index] ?? 0) + 5)
    await eventually('every publisher', isGoing, { within, last: () => this.#state() })
    await this.#readersHave(
      members,
      this.readers.filter((reader) => reader.canReadWithout(down?.url)),
    )
  }

  /** The engine is lost: wait until every server says so. */
  async lost(): Promise<void> {
    const began = performance.now()
    await this.expectReady(503)
    this.noticed = Math.round(performance.now() - began)
  }

  /** A fault is over: wait until everything is as before. */
  async recovered(): Promise<void> {
    const began = performance.now()
    await this.going()
    this.recovery = Math.round(performance.now() - began)
    await this.expectReady(200)
  }

  /** What came of it, in a line. */
  get report(): string {
    const publishers = this.members.map(({ publisher }) => publisher)
    const refusals = publishers.flatMap((publisher) => publisher.refusals)
    const answers = refusals.filter(({ code }) => code !== 'silence').map(({ took }) => took)
    const longest = Math.max(...publishers.map((publisher) => publisher.longest), ...answers)
    const accepted = publishers.reduce((sum, publisher) => sum + publisher.accepted.length, 0)
    const codes = [...new Set(refusals.map(({ code }) => code))].join(' ')
    const noticed = this.noticed === undefined ? '' : `503 after ${this.noticed} ms, `
    return `${accepted} events, ${refusals.length} refusals (${codes}), longest answer ${longest} ms, ${noticed}again after ${this.recovery} ms`
  }

  /** Wait until every server says so of itself: ready (200), or not (503). */
  async expectReady(status: 200 | 503, within = 15_000): Promise<void> {
    await Promise.all(this.members.map(({ health }) => health.becomes(status, within)))
  }

  /** Some publisher was told that something could not be stored. @param down - a server that could not say so */
  expectRefusals(down?: AppServer): void {
    expect(this.#without(down).flatMap(({ publisher }) => publisher.refusals)).not.toEqual([])
  }

  /** Each accepted event once, in order, the same at every client. */
  async expectAllOnce(): Promise<void> {
    const log = await this.#finish()
    for (const { name, gaps, texts } of this.readers) {
      expect({ name, gaps }).toEqual({ name, gaps: [] })
      expect(texts).toEqual(log)
    }
    for (const { publisher, app } of this.members)
      expect(log.filter((text) => text.startsWith(`${app.runtime}-`))).toEqual(publisher.accepted)
  }

  /** The engine has lost what it had: every client was told that once, had no hole before, and has all of the new log. */
  async expectNewLog(): Promise<void> {
    const log = await this.#finish()
    for (const { name, gaps, sinceGap, parts } of this.readers) {
      expect({ name, gaps: gaps.map(({ reason }) => reason) }).toEqual({ name, gaps: ['new-epoch'] })
      expect(sinceGap).toEqual(log)
      for (const part of parts)
        for (const { publisher, app } of this.members) expectContiguous(part, publisher.accepted, `${app.runtime}-`)
    }
  }

  /** Stop publishing, wait until all is read, and look at what everybody was told. Resolves with what the log has. */
  async #finish(): Promise<string[]> {
    await this.going()
    await Promise.all(this.members.map(({ publisher }) => publisher.end()))
    await this.#readersHave(this.members, this.readers)
    // What comes once too often may come late.
    await wait(300)
    this.#expectAnswers()
    return this.#log()
  }

  /** Everybody was answered in time, and by the right error. */
  #expectAnswers(): void {
    const { deadline } = this.#engine
    for (const { app, publisher, health } of this.members) {
      const { runtime } = app
      const allowed = this.#hurt.has(app) ? ['broker-unavailable', 'unreachable', 'silence'] : ['broker-unavailable']
      const strange = publisher.refusals.filter(({ code }) => !allowed.includes(code))
      expect({ runtime, strange }).toEqual({ runtime, strange: [] })
      const waits = publisher.refusals.filter(({ code }) => code !== 'silence').map(({ took }) => took)
      expect(Math.max(publisher.longest, ...waits)).toBeLessThan(deadline + slack)
      if (!this.#hurt.has(app)) expect({ runtime, deaths: health.deaths }).toEqual({ runtime, deaths: [] })
    }
  }

  #without(down: AppServer | undefined): Member[] {
    return this.members.filter(({ app }) => app !== down)
  }

  async #readersHave(members: readonly Member[], readers: readonly ClientReader[]): Promise<void> {
    const last = members.map(({ publisher }) => publisher.accepted.at(-1) as string)
    const haveAll = (): boolean => readers.every(({ texts }) => last.every((text) => texts.includes(text)))
    await eventually('every reader', haveAll, { within: 30_000, last: () => this.#state() })
  }

  /** What the servers have, as one who comes late reads it. */
  async #log(): Promise<string[]> {
    using late = new ClientReader('late', [this.members[1]?.app.url ?? ''], 'none')
    const last = this.members.map(({ publisher }) => publisher.accepted.at(-1) as string)
    const hasAll = (): boolean => last.every((text) => late.texts.includes(text))
    await eventually('the log', hasAll, { within: 15_000, last: () => late.history })
    expect(late.gaps).toEqual([])
    return late.texts
  }

  #state(): unknown {
    return {
      now: Math.round(performance.now()),
      publishers: this.members.map(({ app, publisher, health }) => ({
        runtime: app.runtime,
        accepted: publisher.accepted.length,
        refusals: publisher.refusals.slice(-3),
        ready: health.course,
        output: app.output.slice(-300),
      })),
      readers: this.readers.map(({ name, texts, gaps, history }) => ({
        name,
        count: texts.length,
        last: texts.at(-1),
        gaps,
        history: history.slice(-6),
      })),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const reader of this.readers) reader[Symbol.dispose]()
    await Promise.all(this.members.flatMap(({ publisher, health }) => [publisher.abort(), health.end()]))
    await Promise.all(this.members.map(({ app }) => app[Symbol.asyncDispose]()))
  }
}

/** @throws what kept one of them from starting; the others are killed */
async function startAll(engine: FleetEngine): Promise<AppServer[]> {
  const starting = runtimes.map((runtime, index) => AppServer.start(runtime, engine.variables(index), engine.prefix))
  const outcomes = await Promise.allSettled(starting)
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (started.length < runtimes.length) await Promise.all(started.map((app) => app.kill()))
  return Promise.all(starting)
}
