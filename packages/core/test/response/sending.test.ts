import { describe, expect, it } from 'vitest'
import { InvalidFieldError } from '../../src/wire/errors.ts'
import type { ServerSentEvent } from '../../src/wire/event.ts'
import { Client } from '../support/client.ts'
import { open, openRead, openStream } from '../support/open.ts'

describe('an event that no client would see', () => {
  it.each<ServerSentEvent>([
    { event: 'done' },
    { event: 'done', id: '1' },
    { event: 'x', comment: 'y' },
    { event: '' },
  ])('%o is refused, and the stream goes on', async (event) => {
    const { stream, client, environment } = await openRead()
    await expect(stream.send(event)).rejects.toThrow(InvalidFieldError)
    await expect(stream.send(event)).rejects.toMatchObject({ code: 'invalid-field', field: 'data' })
    await stream.send('next')
    await environment.settle()
    expect(client.data).toEqual(['next'])
  })

  it('fails a source that yields it', async () => {
    const { environment, response, closes } = open(
      (async function* () {
        yield { event: 'done' }
      })(),
    )
    new Client(response).follow()
    await environment.settle()
    expect(closes).toMatchObject([{ reason: 'failed', error: { code: 'invalid-field' } }])
  })

  it.each<ServerSentEvent>([{ id: '1' }, { retry: 5 }, { comment: 'c' }, { event: 'done', data: '' }])(
    '%o does something, and is sent',
    async (event) => {
      const { stream } = await openRead()
      await expect(stream.send(event)).resolves.toBeUndefined()
    },
  )
})

const [high, low] = ['\u{1F41F}'.slice(0, 1), '\u{1F41F}'.slice(1)]

describe('strings that are cut within a character', () => {
  it.each<[string, (ServerSentEvent | string)[], string[]]>([
    ['between two', [`a${high}`, `${low}b`], ['a', '🐟b']],
    ['with a string that is but a half', [high, low], ['🐟']],
    ['again and again', [`a${high}`, `${low}b${high}`, low], ['a', '🐟b', '🐟']],
    ['with an empty string between them', [`a${high}`, '', `${low}b`], ['a', '', '🐟b']],
    ['with another event between them', [`a${high}`, { comment: 'c' }, { data: 'd' }, `${low}b`], ['a', 'd', '🐟b']],
    ['where nothing follows', [`a${high}`], ['a', '\uFFFD']],
    ['where the other half does not follow', [`a${high}`, 'b'], ['a', '\uFFFDb']],
    ['where the first half is missing', [`${low}b`], ['\uFFFDb']],
  ])('are joined %s', async (_, events, data) => {
    const readable = new ReadableStream<ServerSentEvent | string>({
      start(controller) {
        for (const event of events) controller.enqueue(event)
        controller.close()
      },
    })
    const opened = open(readable)
    const client = new Client(opened.response).follow()
    await opened.environment.settle()
    expect(client.data).toEqual(data)
    expect(opened.closes).toMatchObject([{ reason: 'ended' }])
  })

  it('are refused once the stream is closed, a half as well', async () => {
    const { stream } = openStream()
    stream.close()
    await expect(stream.send(high)).rejects.toMatchObject({ code: 'stream-closed' })
  })
})

describe('closed', () => {
  it('resolves with how the stream ended, also for who asks late', async () => {
    const { stream, client, environment } = await openRead()
    const early = stream.closed
    await client.cancel('bye')
    await environment.settle()
    for (const closed of [early, stream.closed]) expect(await closed).toMatchObject({ reason: 'client-closed' })
  })

  it('resolves where the application wants to hear nothing else', async () => {
    const { stream, environment } = await openRead({
      onClose: () => {
        throw new Error('onClose')
      },
    })
    const report = console.error
    console.error = () => {}
    stream.close()
    await environment.settle()
    console.error = report
    expect(await stream.closed).toMatchObject({ reason: 'ended', events: 0 })
  })
})
