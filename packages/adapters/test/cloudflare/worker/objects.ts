import { type HistoryLimits, HubObject, type ProduceContext } from '@holdfast/adapters/cloudflare'

/** A {@link HubObject} to which a test can do what a platform does. */
class TestObject extends HubObject {
  /** Made anew with each instance: tells whether the object has been out of memory. */
  readonly #instance = { id: crypto.randomUUID(), since: Date.now() }

  async instance(): Promise<{ id: string; since: number }> {
    return this.#instance
  }

  /** What it has in storage. */
  async stored(): Promise<{ rows: number; tables: string[]; alarm: number | null; running: boolean }> {
    const { sql, kv } = this.ctx.storage
    const tables = sql
      .exec<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`)
      .toArray()
      .map(({ name }) => name)
    const rows = tables.includes('holdfast_log')
      ? sql.exec<{ rows: number }>('SELECT count(*) AS rows FROM holdfast_log').one().rows
      : 0
    return { rows, tables, alarm: await this.ctx.storage.getAlarm(), running: kv.get('holdfast:run') !== undefined }
  }

  /** As if no Worker had said anything for a day. */
  async forgetSignsOfLife(): Promise<void> {
    for (const socket of this.ctx.getWebSockets()) {
      socket.serializeAttachment({ ...(socket.deserializeAttachment() as object), since: Date.now() - 86_400_000 })
    }
  }

  async cutSockets(): Promise<number> {
    const sockets = this.ctx.getWebSockets()
    for (const socket of sockets) socket.close(1012, 'cut by a test')
    return sockets.length
  }

  /** As if one had come without an attachment. */
  async spoilFirst(): Promise<void> {
    this.ctx.getWebSockets()[0]?.serializeAttachment(null)
  }

  /** Cut one and publish at once, before it is known that it has left. */
  async cutOneAndPublish(): Promise<void> {
    this.ctx.getWebSockets()[0]?.close(1012, 'cut by a test')
    await this.publish([{ data: 'cut' }])
  }

  async loseHistory(): Promise<void> {
    await this.ctx.storage.deleteAll()
    this.ctx.abort('history lost by a test')
  }

  async crash(): Promise<void> {
    await this.ctx.storage.sync()
    this.ctx.abort('crashed by a test')
  }

  /** What each subscriber's attachment says. */
  async attachments(): Promise<unknown[]> {
    return this.ctx.getWebSockets().map((socket) => socket.deserializeAttachment() as unknown)
  }
}

export class RoomyObject extends TestObject {
  protected override get history(): HistoryLimits {
    return { maxEvents: 5_000, maxBytes: 64 * 1_048_576 }
  }
}

export class TightObject extends TestObject {
  protected override get history(): HistoryLimits {
    return { maxEvents: 20 }
  }
}

/** Its history is old after a second, and forgotten a second later. */
export class FleetingObject extends TestObject {
  protected override get history(): HistoryLimits {
    return { maxAge: 1_000, forgetAfter: 1_000 }
  }
}

/** What is said, and how many milliseconds lie between two words. */
export interface Words {
  words: string[]
  every: number
}

export async function* said(words: readonly string[], every: number, signal?: AbortSignal): AsyncGenerator<string> {
  for (const word of words) {
    if (signal?.aborted) return
    yield word
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}

/** Says the words of its input one after the other, and goes on where it was interrupted. */
export class AnswerObject extends TestObject {
  protected override get resumable(): boolean {
    return true
  }

  protected override produce(input: Words, { signal, written }: ProduceContext): AsyncIterable<string> {
    return said(input.words.slice(written), input.every, signal)
  }
}

/** Gives up soon when nobody reads. */
export class ForsakenObject extends AnswerObject {
  protected override get linger(): number {
    return 300
  }
}

/** Sends once a minute. */
export class SlowObject extends TestObject {
  protected override get batchDelay(): number {
    return 60_000
  }

  protected override produce({ words, every }: Words): AsyncIterable<string> {
    return said(words, every)
  }
}

/** Says nothing before it has been interrupted twice, and then how often that was. */
export class PatientObject extends AnswerObject {
  protected override async *produce(_input: Words, { attempt }: ProduceContext): AsyncGenerator<string> {
    if (attempt < 2) await new Promise((resolve) => setTimeout(resolve, 600_000))
    yield String(attempt)
  }
}
