import type { HistoryPage, Position, StoredEvent } from '@holdfast/core/hub'
import { describe, expect, it } from 'vitest'
import { HistoryLostError, Tail } from '../src/log/tail.ts'

/** A log whose reads answer when they are told to. */
class Log {
  readonly events: StoredEvent[] = []
  epoch = 1
  trimmed = 0
  held: (() => void)[] = []
  isHeld = false
  isBroken = false

  get head(): Position {
    return { epoch: this.epoch, offset: this.trimmed + this.events.length }
  }

  add(...texts: string[]): void {
    for (const data of texts) this.events.push({ position: { ...this.head, offset: this.head.offset + 1 }, data })
  }

  read = async (_topic: string, after: Position): Promise<HistoryPage> => {
    if (this.isBroken) throw new Error('away')
    const page = this.#page(after)
    if (this.isHeld) await new Promise<void>((resolve) => this.held.push(resolve))
    return page
  }

  #page(after: Position): HistoryPage {
    const { head, events } = this
    if (after.epoch !== head.epoch) return { events: [...events], head, more: false, gap: 'new-epoch' }
    if (after.offset < this.trimmed) return { events: [...events], head, more: false, gap: 'trimmed' }
    return { events: events.slice(after.offset - this.trimmed), head, more: false }
  }
}

class Listener {
  readonly heard: string[] = []
  readonly lost: unknown[] = []
  onEvent = ({ data }: StoredEvent): void => void this.heard.push(data)
  onLost = (reason: unknown): void => void this.lost.push(reason)
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

function scene(): { log: Log; tail: Tail; failures: () => number } {
  const log = new Log()
  let failures = 0
  return { log, tail: new Tail('a', log.read, () => failures++), failures: () => failures }
}

describe('the tail of a log', () => {
  it('tells each who listens what comes after his own head', async () => {
    const { log, tail } = scene()
    const [early, late] = [new Listener(), new Listener()]
    await tail.join(early)
    log.add('1')
    expect((await tail.join(late)).head).toEqual({ epoch: 1, offset: 1 })
    await settled()
    log.add('2')
    tail.wake(log.head)
    await settled()
    expect([early.heard, late.heard]).toEqual([['1', '2'], ['2']])
  })

  it('loses no wake-up that comes while the head is on its way', async () => {
    const { log, tail } = scene()
    log.isHeld = true
    const listener = new Listener()
    const joining = tail.join(listener)
    log.add('1')
    tail.wake(log.head)
    log.isHeld = false
    log.held.forEach((release) => release())
    expect((await joining).head.offset).toBe(0)
    await settled()
    expect(listener.heard).toEqual(['1'])
  })

  it('gives who joins late the position that others were told meanwhile', async () => {
    const { log, tail } = scene()
    await tail.join(new Listener())
    log.isHeld = true
    const late = new Listener()
    const joining = tail.join(late)
    log.isHeld = false
    log.add('1')
    tail.wake(log.head)
    await settled()
    log.held.forEach((release) => release())
    expect((await joining).head.offset).toBe(1)
    log.add('2')
    tail.wake(log.head)
    await settled()
    expect(late.heard).toEqual(['2'])
  })

  it('takes late, doubled and missing wake-ups', async () => {
    const { log, tail } = scene()
    const listener = new Listener()
    await tail.join(listener)
    log.add('1', '2')
    for (const offset of [2, 1, 2, 0]) tail.wake({ epoch: 1, offset })
    await settled()
    log.add('3')
    expect(tail.check(log.head)).toBe(false)
    await settled()
    log.add('4')
    // Nothing had come since the last look, though there was something.
    expect(tail.check(log.head)).toBe(true)
    await settled()
    expect(listener.heard).toEqual(['1', '2', '3', '4'])
  })

  it.each(['trimmed', 'new-epoch'])('tells of a gap once, and goes on behind it: %s', async (reason) => {
    const { log, tail } = scene()
    const listener = new Listener()
    await tail.join(listener)
    log.add('1', '2')
    if (reason === 'trimmed') log.trimmed = log.events.splice(0).length
    else log.epoch = 2
    tail.wake(log.head)
    await settled()
    log.add('3')
    tail.wake(log.head)
    await settled()
    expect(listener.lost).toEqual([expect.any(HistoryLostError)])
    expect(listener.heard).toEqual(['3'])
  })

  it('reads on from where it was when a read has failed', async () => {
    const { log, tail, failures } = scene()
    const listener = new Listener()
    await tail.join(listener)
    log.add('1')
    log.isBroken = true
    tail.wake(log.head)
    await settled()
    expect([failures(), listener.heard, listener.lost]).toEqual([1, [], []])
    log.isBroken = false
    tail.check(log.head)
    await settled()
    expect(listener.heard).toEqual(['1'])
  })
})
