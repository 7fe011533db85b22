import { expect, it } from 'vitest'
import type { RawClient, RawRequest } from '../raw-client/index.ts'
import type { Capabilities } from './capabilities.ts'
import { patience, type Subject } from './subject.ts'

const kilobyte = 1_024
const bodies: [string, string][] = [
  ['no body', ''],
  ['a small body', 'x'.repeat(10)],
  ['a body of 1 MB', 'x'.repeat(kilobyte * kilobyte)],
]
const methods = ['POST', 'PUT', 'DELETE']

// No runtime and no proxy may make a URL of them.
const badHosts = ['a b', 'a:99999999', '[::1', 'a%00b', 'a/b', 'u:p@a', 'a?b#c', 'a\r\nHost: b']

/** The same answer whatever the request: however it is written, and whatever becomes of its body. */
export function requestsContract(subject: Subject, { leavingFound, connections }: Capabilities): void {
  const heartbeat = leavingFound === 'at once' ? 0 : 200

  const whole = async (request: RawRequest, query: Record<string, string> = {}): Promise<void> => {
    const name = subject.name()
    const ticking = { name, source: 'ticking', count: 10, every: 20, heartbeat, ...query }
    const client = await subject.stream('/stream', ticking, request)
    await client.until('the end of the body', () => client.bodyDone)
    expect(client.events.map(({ data }) => Number.parseInt(data))).toEqual([...Array(10).keys()])
    expect(await subject.closed(name)).toMatchObject({ reason: 'ended', events: 10 })
    client.destroy()
  }

  for (const method of methods) {
    for (const [what, body] of bodies) {
      for (const read of ['none', 'half', 'all']) {
        it(`${method} with ${what}, of which the handler reads ${read}, gets its whole stream`, () =>
          whole({ method, body }, { read }))
      }
    }

    it(`${method} with a body that nobody reads is found to have left`, async () => {
      for (const [, body] of bodies) {
        const name = subject.name()
        const client = await subject.stream('/events', { topic: name, name, heartbeat: 200 }, { method, body })
        client.destroy()
        expect((await subject.closed(name, name)).reason).toBe('client-closed')
      }
    })
  }

  it('a connection serves on after a body that nobody read', async () => {
    const client = await subject.open('/nothing', {}, { method: 'POST', body: 'x'.repeat(100) })
    expect(client.head?.status).toBe(204)
    client.destroy()
    const next = await subject.open('/length', {}, { method: 'POST', body: 'x'.repeat(100 * kilobyte) })
    await next.until('the answer', () => next.bodyDone)
    expect(next.text).toBe(String(100 * kilobyte))
    next.destroy()
  })

  const answerTo = async (text: string): Promise<RawClient> => {
    const client = await subject.open('/state', {}, { text })
    await client.until('the answer', () => client.bodyDone || client.fate !== 'open', patience)
    client.destroy()
    return client
  }

  // A platform has answers of its own.
  if (connections === 'platform') return

  it('a request of HTTP/1.0 without a host is answered', async () => {
    const { head, text } = await answerTo('GET /state?name=x HTTP/1.0\r\n\r\n')
    expect([head?.status, text]).toEqual([200, expect.stringContaining('"timers"')])
    const name = subject.name()
    const client = await subject.open('/', {}, { text: `GET /events?topic=${name}&name=${name} HTTP/1.0\r\n\r\n` })
    expect(client.head?.status).toBe(200)
    await client.until('the first bytes', () => client.bodyBytes > 0)
    client.destroy()
  })

  it('an empty host is one, and an absolute URL, in capitals too', async () => {
    for (const text of [
      'GET /state HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n',
      'GET http://other.example:81/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      'GET HTTP://OTHER.example/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ]) {
      expect([text, (await answerTo(text)).head?.status]).toEqual([text, 200])
    }
  })

  it('a URL that cannot be parsed is answered 400, and nothing is said of it', async () => {
    const lines = [
      ...badHosts.map((host) => `GET /stream?access_token=hush HTTP/1.1\r\nHost: ${host}\r\n`),
      'GET /stream?access_token=hush HTTP/1.1\r\n',
      'GET ftp://a.example/stream?access_token=hush HTTP/1.1\r\nHost: a\r\n',
      'GET stream?access_token=hush HTTP/1.1\r\nHost: a\r\n',
      'OPTIONS * HTTP/1.1\r\nHost: a\r\n',
    ]
    for (const line of lines) {
      const { head, text } = await answerTo(`${line}Connection: close\r\n\r\n`)
      expect([line, head?.status, text.includes('hush')]).toEqual([line, 400, false])
    }
    expect(subject.server.output).not.toContain('hush')
  })

  it('a handler that throws is answered 500, and its message stays here', async () => {
    const { head, text } = await answerTo(
      'GET /stream?read=fail HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n',
    )
    expect(head?.status).toBe(500)
    expect(text).not.toMatch(/secret|fixture-app/)
  })

  it('both families are served', async () => {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const name = subject.name()
      const client = await subject.stream('/events', { topic: name, name }, { host })
      client.rst()
      expect((await subject.closed(name, name)).reason).toBe('client-closed')
    }
  })
}
