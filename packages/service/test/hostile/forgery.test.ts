import { expect, test } from 'vitest'
import { attack, type Client, head, publish, type Target } from './raw.ts'

const tricks = [
  'x\r\ndata: forged',
  'x\ndata: forged',
  'x\rdata: forged',
  'x\n\nevent: forged\ndata: forged\n\n',
  'x\0',
  '\uFEFFx',
  'x\u2028data: forged',
  'x\u0085data: forged',
]
const json = { 'content-type': 'application/json' }

/** The lines of an event stream's body: nothing but fields that the service means may stand in them. */
function linesOf(client: Client): string[] {
  const body = client.received.slice(client.received.indexOf('\r\n\r\n') + 4)
  // As it comes: chunk sizes stand on lines of their own.
  return body.split(/\r\n|\n|\r/).filter((line) => !/^[0-9a-f]*$/.test(line))
}

async function listen(target: Target, path: string, headers: Record<string, string> = {}): Promise<Client> {
  const client = target.send(head(`GET ${path}`, headers))
  await client.until(/: hint/)
  return client
}

/** Publish a last event, and wait until it is there: everything before it is there too. */
async function finish(target: Target, client: Client, topic: string): Promise<string[]> {
  await target.hub.publish(topic, { data: 'the last' })
  await client.until(/the last/)
  return linesOf(client)
}

test.each(tricks)('an event type of %j makes no line', async (event) => {
  const target = await attack()
  const client = await listen(target, '/events?topic=a')
  const refused = /[\r\n]/.test(event) ? 400 : 201
  const body = Buffer.from(JSON.stringify({ event, data: 1 })).toString('latin1')
  expect(await target.send(publish('/topics/a', body, json)).answers()).toEqual([refused])
  const text = await target.send(publish(`/topics/a?event=${encodeURIComponent(event)}`, 'x')).answers()
  expect(text).toEqual([refused])
  for (const line of await finish(target, client, 'a')) expect(line).not.toMatch(/^(data|event): ?forged/)
})

test.each(tricks)('data of %j is nothing but data', async (data) => {
  const target = await attack()
  const client = await listen(target, '/events?topic=a')
  await target.hub.publish('a', { data: 'the first' })
  const bytes = Buffer.from(data).toString('latin1')
  expect(await target.send(publish('/topics/a', bytes)).answers()).toEqual([201])
  const lines = await finish(target, client, 'a')
  const fields = lines.map((line) => /^(?:: hint|[a-z]+:)/.exec(line)?.[0])
  expect(new Set(fields)).toEqual(new Set([': hint', 'retry:', 'id:', 'data:']))
  // Every line of the data has the field's name before it, so what looks like a field is text.
  for (const line of lines) if (line.includes('forged')) expect(line).toMatch(/^data: ?(?:x.*)?(?:data|event): forged$/)
})

test.each(tricks)('a topic of %j leaves no trace but in percents', async (topic) => {
  const target = await attack()
  const name = encodeURIComponent(topic)
  const client = await listen(target, `/events?topic=${name}`)
  expect(await target.send(publish(`/topics/${name}`, 'there')).answers()).toEqual([201])
  const lines = await finish(target, client, topic)
  for (const line of lines)
    expect(line).toMatch(/^(: hint [\w=. ~%,-]*|retry: ?\d+|id: ?c1~[\w~-]+|data: ?(there|the last))$/)
})

test.each([
  ...tricks,
  'c1~',
  'c1~00000000-0-0\n',
  'c1~00000000-zzzzzzzzzzz-1',
  `c1${'~00000000-1-1'.repeat(40)}`,
  '__proto__',
  '"}\n\ndata: forged',
])('a last event ID of %j is answered by a gap, or by nothing', async (id) => {
  const target = await attack()
  const client = await listen(target, `/events?topic=a&lastEventId=${encodeURIComponent(id)}`)
  const lines = await finish(target, client, 'a')
  for (const line of lines)
    expect(line).toMatch(/^(: hint .*|retry: ?\d+|id: ?c1~[\w~-]+|event: ?gap|data: ?(\{.*\}|the last))$/)
  for (const line of lines.filter((line) => /^data: ?\{/.test(line))) {
    expect(JSON.parse(Buffer.from(line.slice(5), 'latin1').toString())).toMatchObject({ reason: expect.any(String) })
  }
})

test('a last event ID as a header is bytes', async () => {
  const target = await attack()
  for (const id of ['x\tdata: forged', '\xff\xfe', '\xed\xa0\x80', '\xe2\x80\xa8data: forged']) {
    const client = await listen(target, '/events?topic=a', { 'last-event-id': id })
    for (const line of await finish(target, client, 'a')) expect(line).not.toMatch(/^data: ?forged/)
  }
  for (const id of ['x\0', 'x\rdata: forged', 'x\n\0']) {
    const client = target.send(head('GET /events?topic=a', { 'last-event-id': id }))
    expect(await client.answers()).toEqual([400])
  }
})

test('a key, an identity of a token and a query never come to a stream', async () => {
  const target = await attack()
  const client = await listen(
    target,
    `/events?topic=a&${encodeURIComponent('\n\ndata: forged')}=1&ack=1%0Adata:forged&mode=%0Adata:forged`,
  )
  for (const key of tricks) {
    expect(await target.send(publish(`/topics/a?key=${encodeURIComponent(key)}`, 'x')).answers()).toEqual([201])
  }
  for (const line of await finish(target, client, 'a')) expect(line).not.toContain('forged')
})

test('headers of an answer are no place for a query', async () => {
  const target = await attack()
  const trick = encodeURIComponent('x\r\nset-cookie: forged=1')
  for (const path of [
    `/events?topic=${trick}`,
    `/events?topic=a&access_token=${trick}`,
    `/${trick}`,
    `/topics/${trick}`,
    `/ack?conn=${trick}`,
  ]) {
    const client = target.send(head(`GET ${path}`, { origin: 'https://evil.example' }))
    await client.answers()
    expect(client.received.split('\r\n\r\n')[0]).not.toMatch(/forged/)
  }
})
