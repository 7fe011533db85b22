import { describe, expect, it } from 'vitest'
import { a, at, b, busy, c, checkpoint, event, type Exchange, hello, id, Stage } from './stage.ts'

function probesOf(stage: Stage): Exchange[] {
  return stage.exchanges.filter(({ url }) => url.searchParams.get('mode') === 'standby')
}

describe('a stream that is silent for three times as long as usual', () => {
  it('is checked by a request for a standby elsewhere, and replaced there where the log went on', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    await stage.advance(1_499)
    expect(stage.exchanges).toHaveLength(1)
    await stage.advance(10)
    const [probe] = probesOf(stage)
    expect(probe?.host).not.toBe(first.host)
    probe?.open(at(21))
    await stage.settle()
    expect(probe?.aborted).toBe(true)
    expect(stage.connection.status.state).toBe('suspect')
    expect(stage.last.url.href).toBe(probe?.host === 'a.test' ? a : b)
    expect(stage.last.lastEventId).toBe(id(20))
    await stage.open(hello + checkpoint(20) + event(21))
    expect(first.aborted).toBe(true)
    expect(stage.data.at(-1)).toBe('21')
    stage.connection.close()
  })

  it('is left alone where the log did not go on, and twice the silence is odd from then on', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    await stage.advance(1_510)
    stage.last.open(at(20))
    await stage.settle()
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: first.url.href })
    await stage.advance(1_400)
    expect(probesOf(stage)).toHaveLength(1)
    await stage.advance(200)
    expect(probesOf(stage)).toHaveLength(2)
    expect(first.aborted).toBe(false)
    stage.connection.close()
  })

  it('is forgotten about when it speaks', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    await stage.advance(1_510)
    const [probe] = probesOf(stage)
    await stage.send(first, event(21))
    expect(probe?.aborted).toBe(true)
    expect(stage.data.at(-1)).toBe('21')
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('is checked at its own endpoint last, and is doubtful where nobody answers', async () => {
    const stage = new Stage([a, b, c], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    await stage.advance(1_510)
    const [one] = probesOf(stage)
    one?.refuse()
    await stage.settle()
    const [, two] = probesOf(stage)
    // As good as no answer.
    await stage.advance(1_000)
    const [, , three] = probesOf(stage)
    expect([one?.host, two?.host]).not.toContain(first.host)
    expect(three?.host).toBe(first.host)
    three?.refuse()
    await stage.settle()
    expect(stage.states.map(({ state }) => state)).toContain('suspect')
    stage.connection.close()
  })

  it('waits for the heartbeat where the endpoints answer but will not tell', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    await busy(stage)
    await stage.advance(1_510)
    stage.last.answer(503)
    await stage.settle()
    stage.last.answer(503)
    await stage.advance(5_000)
    expect(probesOf(stage)).toHaveLength(2)
    expect(stage.connection.status.state).toBe('open')
    stage.connection.close()
  })

  it('is checked at the only endpoint, too', async () => {
    const stage = new Stage(a).listen()
    const first = await busy(stage)
    await stage.advance(1_510)
    stage.last.open(at(21))
    await stage.settle()
    await stage.open(hello + checkpoint(20) + event(21))
    expect(first.aborted).toBe(true)
    expect(stage.data.at(-1)).toBe('21')
    stage.connection.close()
  })

  it('is not checked by a request that must not run twice, nor where positions are nobody knows what', async () => {
    const once = new Stage([a, b], { method: 'POST' }).listen()
    await busy(once)
    await once.advance(10_000)
    expect(once.exchanges).toHaveLength(1)
    once.connection.close()
    const opaque = new Stage([a, b]).listen()
    const stream = await opaque.open(': hint heartbeat=10000\n\n')
    for (let turn = 0; turn < 20; turn++) {
      await opaque.advance(500)
      await opaque.send(stream, `id: ${turn}\ndata: x\n\n`)
    }
    await opaque.advance(10_000)
    expect(opaque.exchanges).toHaveLength(1)
    opaque.connection.close()
  })
})

describe('beside another connection, a stream that is oddly silent', () => {
  async function withExtra(
    redundancy: 'standby' | 'full',
  ): Promise<{ stage: Stage; first: Exchange; extra: Exchange }> {
    const stage = new Stage([a, b, c], { redundancy }).listen()
    const first = await stage.open(hello + checkpoint(0))
    for (let offset = 1; offset <= 12; offset++) {
      await stage.advance(500)
      await stage.send(first, event(offset))
    }
    const extra = await stage.open(redundancy === 'full' ? hello + checkpoint(12) : at(12))
    for (let offset = 13; offset <= 20; offset++) {
      await stage.advance(500)
      await stage.send(first, event(offset))
      await stage.send(extra, redundancy === 'full' ? event(offset) : at(offset))
    }
    return { stage, first, extra }
  }

  it('is replaced as soon as a standby says that the log went on', async () => {
    const { stage, extra } = await withExtra('standby')
    await stage.advance(1_000)
    await stage.send(extra, at(21))
    await stage.advance(510)
    expect(stage.states.map(({ state }) => state)).toContain('suspect')
    expect(stage.last.host).toBe(extra.host)
    expect(stage.last.url.searchParams.has('mode')).toBe(false)
    stage.connection.close()
  })

  it('needs no probe while the other one is heard', async () => {
    const { stage, extra } = await withExtra('standby')
    const { length } = stage.exchanges
    for (let turn = 0; turn < 10; turn++) {
      await stage.advance(900)
      await stage.send(extra, at(20))
    }
    expect(stage.exchanges).toHaveLength(length)
    stage.connection.close()
  })

  it('is closed for what it lacks, and the other one delivers', async () => {
    const { stage, first, extra } = await withExtra('full')
    for (let offset = 21; offset < 26; offset++) {
      await stage.advance(500)
      await stage.send(extra, event(offset))
    }
    expect(first.aborted).toBe(true)
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: extra.url.href })
    expect(stage.data.at(-1)).toBe('25')
    stage.connection.close()
  })

  it('counts for nothing when the other one fails: another is dialled at once', async () => {
    const { stage, extra } = await withExtra('full')
    await stage.advance(1_400)
    await stage.send(extra, ': still here\n\n')
    await stage.advance(200)
    const { length } = stage.exchanges
    extra.cut()
    await stage.advance(250)
    expect(stage.exchanges.length).toBeGreaterThan(length)
    expect(stage.last.url.searchParams.has('mode')).toBe(false)
    stage.connection.close()
  })
})
