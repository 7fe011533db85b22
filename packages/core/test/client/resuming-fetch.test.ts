import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ConnectionError, resumingFetch, type ResumingFetchOptions } from '../../src/client/index.ts'
import { createHub } from '../../src/hub/index.ts'
import { memoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { afterTurn } from '../../src/turns.ts'
import { topicKey } from '../../src/wire/position.ts'
import { Exchange } from './stage.ts'

const answer = 'https://one.test/answers/1'

/** A server that the test plays, and a world of its own. */
class Play {
  readonly environment = new FakeEnvironment()
  readonly exchanges: Exchange[] = []
  readonly fetch: typeof fetch

  constructor(options: ResumingFetchOptions = {}) {
    const inside = { fetch: this.#ask, ...options, [Symbol.for('holdfast.clock')]: this.environment }
    this.fetch = resumingFetch(inside)
  }

  readonly #ask = ((input: string | URL | Request, init: RequestInit = {}) =>
    new Promise<Response>((resolve, reject) => {
      const url = input instanceof Request ? input.url : `${input}`
      this.exchanges.push(new Exchange(url, init, resolve, reject))
    })) as typeof fetch

  get last(): Exchange {
    return this.exchanges.at(-1) as Exchange
  }

  /** Ask, and have it answered by a stream that begins with `text`. */
  async open(text: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<Response> {
    const response = this.fetch(answer, init)
    await this.environment.settle()
    this.last.open(text, headers)
    return response
  }

  /** Cut the stream, and answer the next request with another. */
  async cut(): Promise<void> {
    await this.environment.settle()
    this.last.cut()
    await this.next()
  }

  async next(): Promise<void> {
    const { length } = this.exchanges
    for (let tries = 0; tries < 50 && this.exchanges.length === length; tries++) await this.environment.advance(250)
  }
}

const post = {
  method: 'POST',
  body: '{"prompt":"hello"}',
  headers: { 'content-type': 'application/json', 'x-key': 'k' },
}
const named = { 'content-location': '/answers/1' }
const done = ': hint end=done\n\n'

function failureOf(response: Response): Promise<unknown> {
  return response.text().catch((error: unknown) => error)
}

describe('resumingFetch()', () => {
  it('reads a stream with positions on at its URL: bytes as they came, each event once', async () => {
    const play = new Play()
    const first = 'id: c1~00000001-1-0\n\n'
    const response = await play.open(`${first}id:c1~00000001-1-1\ndata:a\r\n\r\nid: c1~00000001-1-2\nda`)
    const text = response.text()
    await play.cut()
    expect(play.last.lastEventId).toBe('c1~00000001-1-1')
    play.last.open('id: c1~00000001-1-1\ndata: a\n\nid: c1~00000001-1-2\nevent: word\ndata: b\n\n' + done)
    expect(await text).toBe('id:c1~00000001-1-1\ndata:a\r\n\r\nid: c1~00000001-1-2\nevent: word\ndata: b\n\n')
    expect(play.exchanges).toHaveLength(2)
  })

  it('takes a byte order mark for what it is, in every answer', async () => {
    const play = new Play()
    const response = await play.open('\ufeffid: c1~00000001-1-1\ndata: a\n\n')
    const text = response.text()
    await play.cut()
    play.last.open('\ufeffid: c1~00000001-1-2\ndata: b\n\n' + done)
    expect(await text).toBe('id: c1~00000001-1-1\ndata: a\n\nid: c1~00000001-1-2\ndata: b\n\n')
  })

  it('sends a POST once, and reads on by a GET where the answer says it is', async () => {
    const play = new Play()
    const response = await play.open('id: 1\ndata: a\n\n', post, named)
    const text = response.text()
    await play.cut()
    expect(play.last).toMatchObject({ method: 'GET', lastEventId: '1', body: undefined })
    expect(play.last.headers.get('x-key')).toBe('k')
    expect(play.last.headers.get('content-type')).toBeNull()
    play.last.open('id: 2\ndata: b\n\n')
    play.last.end()
    expect(await text).toBe('id: 1\ndata: a\n\nid: 2\ndata: b\n\n')
    expect(play.exchanges.map(({ method }) => method)).toEqual(['POST', 'GET'])
  })

  it('asks for all of a resource of which nothing came', async () => {
    const play = new Play()
    const response = await play.open('', post, named)
    const text = response.text()
    await play.cut()
    expect(play.last.url.searchParams.get('lastEventId')).toBe('earliest')
    play.last.open('id: 1\ndata: a\n\n').end()
    expect(await text).toBe('id: 1\ndata: a\n\n')
  })

  it('fails where it could not go on without an event twice', async () => {
    const play = new Play()
    const response = await play.open('data: a\n\n', post, named)
    const text = failureOf(response)
    await play.cut()
    expect(await text).toMatchObject({ code: 'not-resumable', cause: { message: 'Connection reset' } })
    expect(play.exchanges).toHaveLength(1)
  })

  it('goes on at other endpoints', async () => {
    const play = new Play({ endpoints: (url) => [url.replace('one', 'two'), url] })
    const response = await play.open('id: c1~00000001-1-1\ndata: a\n\n')
    const text = response.text()
    await play.cut()
    expect(play.last.url.href).toBe('https://two.test/answers/1')
    play.last.open('id: c1~00000001-1-2\ndata: b\n\n' + done)
    expect(await text).toContain('data: b')
  })

  it('takes endpoints relative to the page, as connect() does', async () => {
    vi.stubGlobal('location', { href: 'https://one.test/page', origin: 'https://one.test' })
    onTestFinished(() => void vi.unstubAllGlobals())
    const play = new Play({ endpoints: () => '/mirror' })
    const text = (await play.open('id: c1~00000001-1-1\ndata: a\n\n')).text()
    await play.cut()
    expect(play.last.url.href).toBe('https://one.test/mirror')
    play.last.open('id: c1~00000001-1-2\ndata: b\n\n' + done)
    expect(await text).toContain('data: b')
  })

  it('fails at a gap, or tells it', async () => {
    const key = topicKey('news')
    const gap = `event: gap\nid: c1~${key}-1-9\ndata: {"reason":"trimmed","topics":["news"],"from":"","to":""}\n\n`
    const silent = new Play()
    const text = failureOf(await silent.open(`id: c1~${key}-1-1\ndata: a\n\n`))
    await silent.cut()
    silent.last.open(gap)
    expect(await text).toMatchObject({ code: 'gap', cause: { reason: 'trimmed' } })
    const reasons: string[] = []
    const told = new Play({ onGap: ({ reason }) => void reasons.push(reason) })
    const all = (await told.open(`id: c1~${key}-1-1\ndata: a\n\n`)).text()
    await told.cut()
    told.last.open(`${gap}id: c1~${key}-1-a\ndata: b\n\n${done}`)
    await all
    expect(reasons).toEqual(['trimmed'])
  })

  it('gives up after a minute without a stream', async () => {
    const play = new Play()
    const response = await play.open('id: c1~00000001-1-1\ndata: a\n\n')
    const text = failureOf(response)
    await play.environment.settle()
    play.last.cut()
    for (let time = 0; time < 80_000; time += 500) {
      await play.environment.advance(500)
      for (const exchange of play.exchanges.slice(1)) exchange.refuse()
    }
    expect(await text).toBeInstanceOf(ConnectionError)
    expect(await text).toMatchObject({ code: 'gave-up' })
    const asked = play.exchanges.length
    await play.environment.advance(60_000)
    expect(play.exchanges).toHaveLength(asked)
  })

  it.each([
    ['an event stream without positions', 'text/event-stream', 'data: a\r\n\r\n: comment\ndata: [DONE]'],
    ['another content', 'application/json', '{"a":1}'],
  ])('passes %s untouched', async (_, contentType, text) => {
    const play = new Play()
    const response = await play.open(text, {}, { 'content-type': contentType })
    const read = response.text()
    await play.environment.settle()
    play.last.end()
    expect(await read).toBe(text)
    expect(response.headers.get('content-type')).toBe(contentType)
    expect(play.exchanges).toHaveLength(1)
  })

  it('lets a stream fail that cannot be read on, with the error of fetch', async () => {
    const play = new Play()
    const response = await play.open('data: a\n\n', post)
    const read = failureOf(response)
    await play.environment.settle()
    play.last.cut()
    expect(await read).toEqual(new TypeError('Connection reset'))
    expect(play.exchanges).toHaveLength(1)
  })

  it('gives errors, redirects and failures as fetch does', async () => {
    const play = new Play()
    const answered = play.fetch(answer)
    play.last.answer(500, { 'x-reason': 'none' })
    expect((await answered).status).toBe(500)
    const failed = play.fetch(answer)
    play.last.refuse()
    await expect(failed).rejects.toThrow('Connection refused')
    const opened = play.fetch(answer)
    play.last.open('id: c1~00000001-1-1\ndata: a\n\n', {}, 'https://one.test/elsewhere')
    expect(await opened).toMatchObject({ url: 'https://one.test/elsewhere', status: 200 })
  })

  it('ends with the reason of the signal, and stops asking when the body is cancelled', async () => {
    const play = new Play()
    const abort = new AbortController()
    const response = await play.open('id: c1~00000001-1-1\ndata: a\n\n', { signal: abort.signal })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    const next = reader.read()
    abort.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    const other = await play.open('id: c1~00000001-1-1\ndata: a\n\n')
    const otherReader = (other.body as ReadableStream<Uint8Array>).getReader()
    await otherReader.read()
    await otherReader.cancel()
    await play.environment.settle()
    expect(play.last.cancelled).toBe(true)
    const asked = play.exchanges.length
    await play.environment.advance(60_000)
    expect(play.exchanges).toHaveLength(asked)
  })

  it('is cancelled also before it is known what the stream is', async () => {
    const play = new Play()
    const response = await play.open('')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const first = reader.read()
    await play.environment.settle()
    await reader.cancel()
    expect((await first).done).toBe(true)
    expect(play.last.cancelled).toBe(true)
  })

  it('reads an answer of a hub whole, whichever server dies', async () => {
    const broker = memoryBroker()
    const hubs = [createHub({ broker }), createHub({ broker })]
    const ask = (async (url: string, init: RequestInit) => {
      const hub = hubs[Number(new URL(url).hostname.split('.')[0])] as (typeof hubs)[0]
      const response = await hub.respond(new Request(url, { ...init, body: null, method: 'GET' }), {
        topics: ['answer'],
      })
      response.headers.set('content-location', '/answers/1')
      return response
    }) as typeof fetch
    const words = Array.from({ length: 100 }, (_, index) => ({ data: `${index}` }))
    async function* speak(): AsyncGenerator<{ data: string }> {
      for (const word of words) {
        if (word.data === '50') await hubs[0]?.close()
        await new Promise<void>((resolve) => afterTurn(resolve))
        yield word
      }
    }
    const resuming = resumingFetch({ fetch: ask, endpoints: () => ['http://1.test/answers/1'] })
    const running = hubs[1]?.run('answer', speak())
    const response = await resuming('http://0.test/answers', { method: 'POST' })
    const text = await response.text()
    await running
    expect([...text.matchAll(/^data: (\d+)$/gm)].map(([, data]) => data)).toEqual(words.map(({ data }) => data))
    await hubs[1]?.close()
  })
})

describe('a body that is cancelled', () => {
  it('lets go of the answer, at whatever moment', async () => {
    for (let ticks = 0; ticks < 60; ticks++) {
      const play = new Play()
      const response = await play.open('')
      const reader = response.body?.getReader()
      const read = reader?.read()
      play.last.send(`id: c1~${topicKey('a')}-1-1\ndata: 1\n\n`)
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
      await reader?.cancel()
      await read
      await play.environment.settle()
      expect([ticks, play.last.cancelled || play.last.aborted, play.environment.timers]).toEqual([ticks, true, 0])
    }
  })
})
