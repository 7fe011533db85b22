import { type HistoryLimits, HubObject, type ProduceContext } from '@holdfast/adapters/cloudflare'

/** A {@link HubObject} to which a test can do what a platform does. */
class TestObject extends HubObject {
  /** Made anew with each instance: tells whether the object has been out of memory. */
  readonly #instance = { id: crypto.randomUUID(), since: Date.now() }

  async instance(): Promise<{ id: string; since: number }> {
    return this.#instance
  }

  /** What it has in storage. */
  async stored(): Promise<{ rows: number; tables: string[]; alarm: number | null }> {
    const { sql } = this.ctx.storage
    const tables = sql.exec<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`).toArray().map(({ name }) => name)
    const rows = tables.includes('holdfast_log') ? sql.exec<{ rows: number }>('SELECT count(*) AS rows FROM holdfast_log').one().rows : 0
    return { rows, tables, alarm: await this.ctx.storage.getAlarm() }
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

/** Says the words of its input one after the other, and goes on where it was interrupted. */
export class AnswerObject extends TestObject {
  protected override get resumable(): boolean {
    return true
  }

  protected override async *produce(input: { words: string[]; every: number }, { signal, written }: ProduceContext): AsyncGenerator<string> {
    for (const word of input.words.slice(written)) {
      if (signal.aborted) return
      yield word
      await new Promise((resolve) => setTimeout(resolve, input.every))
    }
  }
}
