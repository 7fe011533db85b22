import { setTimeout as wait } from 'node:timers/promises'
import type { LogOptions } from '@holdfast/adapters/redis'
import { type Broker, createHub, type Hub } from '@holdfast/core/hub'
import { expect } from 'vitest'
import { eventually } from '../../eventually.ts'
import { type FaultProxy, startFaultProxy } from '../../fault-proxy/index.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** Bounds of brokers under fault: a fault is over sooner than in production, and so is the wait for its end. */
export const quick = { timeout: 1_000, checkInterval: 500 }
/** Milliseconds that a `publish` may take beyond its time: the machine is busy. */
const slack = 3_000

/** Opens the broker of one of the hubs, to reach its engine through this port. */
export type OpenAt = (port: number, options: LogOptions, index: number) => Broker

/** One hub with its own way to the engine. */
export interface FaultyHub {
  hub: Hub
  broker: Broker
  proxy: FaultProxy
  reader: Reader
}

export const topic = 'faults'

/** Hubs over one engine, each with a link of its own that faults can happen to. All read one topic, and write to it. */
export class FaultScene implements AsyncDisposable {
  readonly hubs: FaultyHub[] = []
  readonly writers: Writer[] = []
  readonly #timeout: number

  private constructor(timeout: number) {
    this.#timeout = timeout
  }

  static async start(port: number, open: OpenAt, options: LogOptions = {}): Promise<FaultScene> {
    const scene = new FaultScene(options.timeout ?? quick.timeout)
    for (let index = 0; index < 3; index++) {
      const proxy = await startFaultProxy({ target: `http://127.0.0.1:${port}` })
      const broker = open(proxy.port, { ...quick, ...options }, index)
      const hub = createHub({ broker, onError: () => {} })
      scene.hubs.push({ hub, broker, proxy, reader: new Reader(hub, topic) })
    }
    // Two write, one only reads.
    scene.writers.push(...scene.hubs.slice(0, 2).map(({ hub }, index) => new Writer(hub, topic, 'ab'.charAt(index))))
    await scene.going()
    return scene
  }

  /** Wait until something written from now on has come to every reader. */
  async going(within = 15_000): Promise<void> {
    const from = this.writers.map(({ stored }) => stored.length)
    await eventually(
      'both writers going',
      () => this.writers.every(({ stored }, i) => stored.length > (from[i] ?? 0) + 2),
      {
        within,
        every: 5,
        last: () => this.writers.map(({ stored, errors }) => [stored.length, from, String(errors.at(-1))]),
      },
    )
    const last = this.writers.map(({ stored }) => stored.at(-1) as string)
    await eventually(
      'every reader',
      () => this.hubs.every(({ reader }) => last.every((text) => reader.texts.includes(text))),
      {
        within,
        every: 5,
        last: () => this.hubs.map(({ reader }) => [reader.texts.length, reader.texts.at(-1), reader.gaps]),
      },
    )
  }

  /** Wake-ups come again: what is written is read long before somebody would look by himself. */
  async expectPromptDelivery(): Promise<void> {
    const delays: number[] = []
    for (let round = 0; round < 9; round++) {
      const began = performance.now()
      await this.going()
      delays.push(performance.now() - began)
    }
    expect(delays.sort((a, b) => a - b)[4]).toBeLessThan(quick.checkInterval / 2)
  }

  /** Stop writing, and wait until all is read. */
  async finish(): Promise<void> {
    await Promise.all(this.writers.map((writer) => writer.end()))
    const last = this.writers.map(({ stored }) => stored.at(-1) as string)
    await eventually(
      'the last events',
      () => this.hubs.every(({ reader }) => last.every((text) => reader.texts.includes(text))),
      {
        within: 15_000,
      },
    )
    // What comes once too often may come late.
    await wait(100)
  }

  /** Publishers were told, in time, and by the right error. */
  expectPromptErrors(): void {
    for (const writer of this.writers) {
      expect(writer.strangeErrors.map(String)).toEqual([])
      expect(writer.longest).toBeLessThan(this.#timeout + slack)
    }
  }

  /** Each event once, in order, and the same order at every hub. */
  async expectAllOnce(): Promise<void> {
    await this.going()
    await this.expectPromptDelivery()
    await this.finish()
    this.expectPromptErrors()
    const first = this.hubs[0]?.reader.texts ?? []
    for (const { reader } of this.hubs) expect(reader.gaps).toEqual([])
    for (const writer of this.writers)
      expect(first.filter((text) => text.startsWith(writer.stored[0]?.charAt(0) ?? '?'))).toEqual(writer.stored)
    for (const { reader } of this.hubs) expect(reader.texts).toEqual(first)
  }

  /** At this hub events are missing, that was told, and besides each came once and in order. */
  async expectGap(index: number, reason: string): Promise<void> {
    await this.finish()
    this.expectPromptErrors()
    const { texts = [], gaps = [] } = this.hubs[index]?.reader ?? {}
    expect(gaps.map((gap) => gap.reason)).toContain(reason)
    const parts = [0, ...gaps.map(({ after }) => after)].map((from, part) => texts.slice(from, gaps[part]?.after))
    for (const { stored } of this.writers) for (const part of parts) expectContiguous(part, stored)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ending = this.writers.map((writer) => writer.end())
    for (const { hub } of this.hubs) await hub.close()
    for (const { broker } of this.hubs) await broker.close()
    await Promise.race([Promise.all(ending), wait(100)])
    for (const { proxy } of this.hubs) await proxy.close()
  }
}

/** What of `stored` is in `part` is there once, in order and without a hole. */
function expectContiguous(part: readonly string[], stored: readonly string[]): void {
  const known = new Set(stored)
  const found = part.filter((text) => known.has(text))
  const from = stored.indexOf(found[0] ?? '')
  if (found.length > 0) expect(found).toEqual(stored.slice(from, from + found.length))
}
