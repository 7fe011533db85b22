import { describe, expect, it } from 'vitest'
import { a, b, checkpoint, event, type Exchange, hello, id, Stage } from './stage.ts'

function lastPoll(stage: Stage): Exchange {
  const poll = stage.polls.at(-1)
  if (!poll) throw new Error('Nothing was polled')
  return poll
}

/** A whole answer to a poll. */
async function answer(stage: Stage, poll: Exchange, text: string): Promise<void> {
  poll.open(hello + text)
  await stage.settle()
  poll.end()
  await stage.settle()
}

/** Behind a proxy that passes heads, or nothing at all, until an answer ends. */
async function muted(
  passesHeads: boolean,
  endpoints: string | string[] = a,
): Promise<{ stage: Stage; stream: Exchange }> {
  const stage = new Stage(endpoints, { redundancy: 'none' }).listen()
  await stage.settle()
  const stream = stage.last
  if (passesHeads) stream.open()
  await stage.advance(3_000)
  return { stage, stream }
}

describe('a poll', () => {
  it('that is cut within an event is not joined to the next one, however small its chunks', async () => {
    const { stage } = await muted(true)
    await answer(stage, stage.polls[0]!, checkpoint(4))
    await stage.advance(1_000)
    const cut = lastPoll(stage)
    cut.open(hello + checkpoint(4) + `id: ${id(5)}\ndata: 5`)
    await stage.settle()
    await stage.send(cut, '\n')
    cut.end()
    await stage.advance(2_000)
    await answer(stage, lastPoll(stage), checkpoint(4) + `id: ${id(5)}\ndata: 5\ndata: and more\n\n`)
    expect(stage.data).toEqual(['5\nand more'])
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('is not asked for once the connection is closed, by a fetch that ignores the signal either', async () => {
    const asked: string[] = []
    const cancelled: string[] = []
    let text = ''
    const bodyOf = (url: string): ReadableStream<Uint8Array> => {
      const chunks = [text]
      return new ReadableStream({
        pull: (controller) => {
          const chunk = chunks.shift()
          if (chunk) controller.enqueue(new TextEncoder().encode(chunk))
          else controller.close()
        },
        cancel: () => void cancelled.push(url),
      })
    }
    const fetch = ((url: string) => {
      if (!url.includes('mode=poll')) return new Promise<Response>(() => {})
      asked.push(url)
      return Promise.resolve(new Response(bodyOf(url), { headers: { 'content-type': 'text/event-stream' } }))
    }) as typeof globalThis.fetch
    text = hello + checkpoint(4)
    const stage = new Stage(a, { fetch, redundancy: 'none' }).listen()
    await stage.advance(3_500)
    expect([stage.connection.status.state, asked.length]).toEqual(['polling', 2])
    stage.connection.close()
    await stage.advance(30_000)
    expect([asked.length, stage.environment.timers]).toEqual([2, 0])
  })
})

describe.each([
  ['a head and no byte', true],
  ['no head', false],
])('an endpoint from which comes %s', (_, passesHeads) => {
  it('is polled beside it after 3 s, and goes on being polled where that is answered', async () => {
    const { stage, stream } = await muted(passesHeads)
    const [first] = stage.polls
    expect(first?.url.searchParams.get('wait')).toBe('0')
    await answer(stage, first!, checkpoint(4))
    expect(stream.aborted).toBe(true)
    expect(stage.connection.status).toEqual({ state: 'polling', endpoint: a })
    await stage.advance(1_000)
    const second = lastPoll(stage)
    expect([second.url.searchParams.get('wait'), second.lastEventId]).toEqual(['10000', id(4)])
    await answer(stage, second, checkpoint(4) + event(5) + event(6))
    expect(lastPoll(stage).lastEventId).toBe(id(6))
    await answer(stage, lastPoll(stage), checkpoint(6) + event(7))
    expect(stage.data).toEqual(['5', '6', '7'])
    // No cache can take one for another.
    expect(new Set(stage.polls.map(({ url }) => url.href)).size).toBe(stage.polls.length)
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('is not taken for muted where the server is merely slow', async () => {
    const { stage, stream } = await muted(passesHeads)
    if (passesHeads) stream.send(hello + checkpoint(0) + event(1))
    else stream.open(hello + checkpoint(0) + event(1))
    await stage.settle()
    lastPoll(stage).open(hello + checkpoint(1))
    await stage.settle()
    expect(lastPoll(stage).aborted).toBe(true)
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: a })
    await stage.send(stream, event(2))
    expect(stage.data).toEqual(['1', '2'])
    await stage.advance(2_000)
    expect([stage.exchanges.length, stage.polls.length]).toEqual([1, 1])
    stage.connection.close()
  })
})

describe('a stream that a proxy begins to hold', () => {
  async function held(): Promise<{ stage: Stage; stream: Exchange; poll: Exchange }> {
    const stage = new Stage(a, { redundancy: 'none' }).listen()
    const stream = await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(16_500)
    return { stage, stream, poll: lastPoll(stage) }
  }

  it('gives way to the answer to a poll, however much it has brought before', async () => {
    const { stage, stream, poll } = await held()
    expect(stage.connection.status.state).toBe('suspect')
    await answer(stage, poll, checkpoint(1) + event(2))
    expect(stage.connection.status).toEqual({ state: 'polling', endpoint: a })
    expect(stream.aborted).toBe(true)
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('stays where it is heard before that', async () => {
    const { stage, stream, poll } = await held()
    await stage.send(stream, event(2))
    poll.open(hello + checkpoint(1) + event(2))
    await stage.settle()
    expect(poll.aborted).toBe(true)
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: a })
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })
})

describe('a quiet server that knows no polls', () => {
  it('keeps its stream, and is asked no second time', async () => {
    const { stage, stream } = await muted(true)
    lastPoll(stage).open()
    await stage.advance(25_000)
    expect(stage.polls).toHaveLength(1)
    expect(stream.aborted).toBe(false)
    await stage.send(stream, 'id: x\ndata: at last\n\n')
    expect(stage.data).toEqual(['at last'])
    stage.connection.close()
  })
})

describe('a poller', () => {
  async function polling(endpoints: string | string[] = a): Promise<Stage> {
    const { stage } = await muted(true, endpoints)
    await answer(stage, lastPoll(stage), checkpoint(0) + event(1))
    return stage
  }

  it('gives way to a stream that is tried beside it every minute, once its first byte comes', async () => {
    const stage = await polling()
    for (let second = 0; second < 59; second += 9) {
      await stage.advance(9_000)
      await answer(stage, lastPoll(stage), checkpoint(1))
    }
    const stream = stage.exchanges.find(({ aborted }) => !aborted)
    expect(stream?.lastEventId).toBe(id(1))
    stream!.open()
    await stage.advance(100)
    expect(stage.connection.status).toEqual({ state: 'polling', endpoint: a })
    await stage.send(stream!, hello + checkpoint(1) + event(2))
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: a })
    expect(lastPoll(stage).aborted).toBe(true)
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('goes on while that stream is muted, too', async () => {
    const stage = await polling()
    for (let second = 0; second < 90; second += 9) {
      await stage.advance(9_000)
      const poll = lastPoll(stage)
      await answer(stage, poll, checkpoint(1))
      for (const each of stage.exchanges) each.open()
    }
    expect(stage.connection.status).toEqual({ state: 'polling', endpoint: a })
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('does not ask again and again where it is answered at once, with nothing', async () => {
    const stage = await polling()
    for (let turn = 0; turn < 10; turn++) {
      await answer(stage, lastPoll(stage), checkpoint(1))
      await stage.advance(100)
    }
    expect(stage.polls.length).toBeLessThanOrEqual(4)
    stage.connection.close()
  })

  it.each([
    ['cut', (poll: Exchange) => poll.cut()],
    ['ended within an event', (poll: Exchange) => poll.end()],
  ])('asks again from what it has, where an answer is %s', async (_, end) => {
    const stage = await polling()
    const poll = lastPoll(stage)
    poll.open(`${hello}${checkpoint(1)}id: ${id(2)}\ndata: ha`)
    await stage.settle()
    end(poll)
    await stage.advance(3_000)
    expect(lastPoll(stage).lastEventId).toBe(id(1))
    await answer(stage, lastPoll(stage), checkpoint(1) + event(2))
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('ends with what it polls', async () => {
    const stage = await polling()
    lastPoll(stage).open(': hint end=done\n\n')
    await stage.settle()
    expect(stage.connection.status).toMatchObject({ state: 'closed', reason: 'done' })
    const other = await polling()
    lastPoll(other).answer(204)
    await other.advance(3_000)
    lastPoll(other).answer(204)
    await other.settle()
    expect(other.connection.status).toMatchObject({ state: 'closed', reason: 'no-content' })
  })

  it('moves elsewhere when its server is gone', async () => {
    const stage = await polling([a, b])
    const { host } = lastPoll(stage)
    lastPoll(stage).refuse()
    await stage.advance(1_000)
    expect(stage.exchanges.some((each) => each.host !== host)).toBe(true)
    await stage.open(hello + checkpoint(1) + event(2))
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('is never made of a request that must not run twice, nor where silence is not judged', async () => {
    const post = new Stage(a, { method: 'POST' }).listen()
    await post.advance(9_000)
    expect(post.polls).toEqual([])
    post.connection.close()
    const patient = new Stage(a, { idleTimeout: 0, connectTimeout: 0 }).listen()
    await patient.advance(30_000)
    expect(patient.polls).toEqual([])
    patient.connection.close()
  })
})
