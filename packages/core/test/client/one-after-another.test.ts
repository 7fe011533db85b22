import { describe, expect, it } from 'vitest'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { a, at, b, busy, c, checkpoint, event, type Exchange, hello, Stage } from './stage.ts'

function streamsOf(stage: Stage): Exchange[] {
  return stage.exchanges.filter(({ url }) => !url.searchParams.has('mode'))
}

/** Lose streams that stood for 1.5 s, until there is no free attempt any more. */
async function exhaust(stage: Stage, offset: number): Promise<number> {
  for (let turn = 0; turn < 4; turn++) {
    const stream = streamsOf(stage).at(-1)
    stream?.open(hello + checkpoint(offset) + event(++offset))
    await stage.advance(500)
    stream?.cut()
    const { length } = streamsOf(stage)
    for (let waited = 0; waited < 2_200 && streamsOf(stage).length === length; waited += 50) await stage.advance(50)
  }
  return offset
}

/** Lose a stream, and answer its server's next request with a head and nothing else. Nothing comes of the other server. */
async function headAlone(stage: Stage, first: Exchange): Promise<Exchange | undefined> {
  first.cut()
  await stage.advance(700)
  const again = stage.exchanges.slice(1).find(({ host }) => host === first.host)
  again?.open()
  return again
}

// What the simulator's random faults showed, each by itself.
describe('where one fault follows on another', () => {
  it('a standby that fell silent first is no witness', async () => {
    const stage = new Stage([a, b, c], { redundancy: 'standby' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    for (let offset = 1; offset <= 12; offset++) {
      await stage.advance(500)
      await stage.send(first, event(offset))
    }
    const standby = await stage.open(at(12))
    for (let offset = 13; offset <= 16; offset++) {
      await stage.advance(500)
      await stage.send(first, event(offset))
    }
    await stage.advance(2_000)
    const probe = stage.last
    expect(probe).not.toBe(standby)
    expect(probe.url.searchParams.get('mode')).toBe('standby')
    stage.connection.close()
  })

  it('a probe that finds nothing new is no excuse for a stream that lacks what another one brought', async () => {
    const stage = new Stage([a, b, c], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    for (let offset = 1; offset <= 12; offset++) {
      await stage.advance(500)
      await stage.send(first, event(offset))
    }
    const extra = await stage.open(hello + checkpoint(12))
    for (let offset = 13; offset <= 20; offset++) {
      await stage.advance(500)
      await stage.send(first, event(offset))
      await stage.send(extra, event(offset))
    }
    extra.cut()
    await stage.advance(1_510)
    const second = streamsOf(stage).at(-1)
    await stage.advance(310)
    const probe = stage.last
    expect(probe.url.searchParams.get('mode')).toBe('standby')
    second?.open(hello + checkpoint(20) + event(21))
    await stage.settle()
    probe.open(at(21))
    await stage.advance(700)
    expect(first.aborted).toBe(true)
    stage.connection.close()
  })

  it('a silence that was a fault does not make the next one usual', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    // Nobody answers the probe in time, and then the stream speaks.
    await stage.advance(3_000)
    await stage.send(first, event(21))
    stage.last.refuse()
    const { length } = stage.exchanges
    await stage.advance(1_510)
    expect(stage.exchanges.length).toBeGreaterThan(length)
    stage.connection.close()
  })

  it('a head without a first byte is given up like a head that does not come', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    const again = await headAlone(stage, first)
    await stage.advance(1_900)
    expect(again?.aborted).toBe(false)
    await stage.advance(200)
    expect(again?.aborted).toBe(true)
    stage.connection.close()
  })

  it('a head alone is nothing odd of a server that is not ours', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    const first = await stage.open('id: 1\ndata: 1\n\n')
    await stage.advance(6_000)
    const again = await headAlone(stage, first)
    await stage.advance(9_000)
    expect(again?.aborted).toBe(false)
    stage.connection.close()
  })

  it('an endpoint that a probe found well is asked at once, whatever the back-off, and be it the same', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    first.cut()
    const offset = await exhaust(stage, 20)
    const stream = streamsOf(stage).at(-1)
    stream?.open(hello + checkpoint(offset) + event(offset + 1))
    await stage.advance(500)
    await stage.advance(1_510)
    const probe = stage.last
    expect(probe.url.searchParams.get('mode')).toBe('standby')
    probe.open(at(offset + 2))
    await stage.settle()
    expect(stage.connection.status.state).toBe('suspect')
    expect(stage.last.host).toBe(probe.host)
    expect(stage.last.url.searchParams.has('mode')).toBe(false)
    stage.connection.close()
  })

  it('the steps of the back-off stay below 2 s, until events are 5 s old', async () => {
    const delays: number[] = []
    for (let seed = 1; seed <= 12; seed++) {
      const stage = new Stage([a, b], { redundancy: 'none' }, new FakeEnvironment({ seed })).listen()
      const first = await busy(stage)
      first.cut()
      for (let waited = 0; waited < 4_900; waited += 50) {
        stage.last.refuse()
        await stage.advance(50)
      }
      for (const status of stage.states) if (status.state === 'waiting') delays.push(status.delay)
      stage.connection.close()
    }
    expect(delays.length).toBeGreaterThan(12)
    expect(Math.max(...delays)).toBeLessThanOrEqual(2_000)
  })

  it('each endpoint has its turn, the latest last', async () => {
    const stage = new Stage([a, b, c], { redundancy: 'none' }).listen()
    const first = await busy(stage)
    first.cut()
    const asked: string[] = []
    for (let waited = 0; waited < 60_000 && asked.length < 9; waited += 50) {
      await stage.advance(50)
      for (const { host } of streamsOf(stage).slice(1 + asked.length)) asked.push(host)
      stage.last.refuse()
    }
    for (let turn = 0; turn + 3 <= asked.length; turn++) expect(new Set(asked.slice(turn, turn + 3)).size).toBe(3)
    stage.connection.close()
  })
})
