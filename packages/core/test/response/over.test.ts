import { describe, expect, it } from 'vitest'
import { Client } from '../support/client.ts'
import { get, open } from '../support/open.ts'

const done = { 'last-event-id': 'c1~done' }

async function* source(): AsyncGenerator<string> {
  yield 'a'
}

describe('a response that is over', () => {
  it('leaves its reader an id', async () => {
    const opened = open(source())
    const client = new Client(opened.response).follow()
    await opened.environment.settle()
    expect(client.parsed.lastEventId).toBe('c1~done')
    expect(client.text.endsWith('id: c1~done\n\n: hint end=done\n\n')).toBe(true)
  })

  it.each(['failed', 'max-age'])('leaves none where it ends as %s', async (end) => {
    const opened = open(
      async () => {
        if (end === 'failed') throw new Error('broken')
        await new Promise(() => {})
      },
      { maxAge: 1_000 },
    )
    const client = new Client(opened.response).follow()
    await opened.environment.advance(2_000)
    expect(opened.closes).toMatchObject([{ reason: end }])
    expect(client.text).not.toContain('c1~done')
  })

  it.each([
    ['the header', get({ headers: done })],
    ['the query', get({}, '?lastEventId=c1~done')],
    ['a POST', get({ method: 'POST', headers: done })],
    ['HEAD', get({ method: 'HEAD', headers: done })],
  ])('is 204 for who brings it back in %s, and its source does not run', async (_, request) => {
    let ran = false
    const headers = { 'access-control-allow-origin': '*', 'set-cookie': 'a=1' }
    const { response, environment, closes } = open(() => void (ran = true), { request, headers })
    await environment.settle()
    expect([response.status, response.body, ran, closes]).toEqual([204, null, false, []])
    expect([...response.headers.keys()]).not.toContain('content-type')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect([environment.timers, environment.queued]).toEqual([0, 0])
  })

  it('lets go of a source that does not run', async () => {
    let cancelled = false
    const body = new ReadableStream<string>({ cancel: () => void (cancelled = true) })
    const { environment } = open(body, { request: get({ headers: done }) })
    await environment.settle()
    expect(cancelled).toBe(true)
  })
})
