import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { acceptedSockets, attack, head, publish } from './raw.ts'

const chunked = { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' }

test('answers a length that is too large before the body comes', async () => {
  const { send, hub } = await attack()
  const client = send(head('POST /topics/a', { 'content-type': 'text/plain', 'content-length': '1000000000000' }))
  expect(await client.until(/body-too-large/)).toMatch(/^HTTP\/1\.1 413 /)
  await client.untilGone()
  expect(hub.stats().published).toBe(0)
})

test('stops a chunked body without an end, and takes little of it', async () => {
  const { send } = await attack({ limits: { bodyBytes: 100_000 } })
  const client = send(head('POST /topics/a', chunked))
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  const flood = (): void => {
    while (!client.gone && client.socket.write(chunk, 'latin1')) if (client.socket.bytesWritten > 300e6) return
    if (!client.gone) client.socket.once('drain', flood)
  }
  flood()
  const before = process.memoryUsage().arrayBuffers
  await client.until(/body-too-large/)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6)
  await client.untilGone()
  expect(client.socket.bytesWritten).toBeLessThan(300e6)
})

test('cuts a body that does not come, and one that trickles', async () => {
  const { send, hub } = await attack({ limits: { bodyTimeout: 100 } })
  const silent = send(head('POST /topics/a', { 'content-type': 'text/plain', 'content-length': '10' }))
  const slow = send(head('POST /topics/a', { 'content-type': 'text/plain', 'content-length': '1000' }))
  const trickle = setInterval(() => slow.socket.write('x'), 20)
  for (const client of [silent, slow]) {
    expect(await client.until(/body-timeout/)).toMatch(/^HTTP\/1\.1 408 /)
    await client.untilGone()
  }
  clearInterval(trickle)
  expect(hub.stats().published).toBe(0)
})

test('cuts a hundred of them at once, and serves others meanwhile', async () => {
  const { send, url, hub } = await attack({ limits: { bodyTimeout: 300 } })
  const slow = Array.from({ length: 100 }, () => send(`${head('POST /topics/a', chunked)}1\r\nx\r\n`))
  const answer = await fetch(`${url}/livez`)
  expect(answer.status).toBe(200)
  await Promise.all(slow.map((client) => client.untilGone(6000)))
  expect(hub.stats().published).toBe(0)
})

test('publishes nothing of a body that breaks off', async () => {
  const { send, hub, onError } = await attack()
  const accepted = acceptedSockets()
  const client = send(head('POST /topics/a', { 'content-type': 'text/plain', 'content-length': '10' }) + 'half')
  await vi.waitFor(() => expect(accepted[0]?.bytesRead).toBe(client.socket.bytesWritten))
  client.socket.destroy()
  await vi.waitFor(() => expect(accepted[0]?.destroyed).toBe(true))
  for (let turn = 0; turn < 10; turn++) await nextTurn()
  expect(hub.stats().published).toBe(0)
  expect(onError).not.toHaveBeenCalled()
})

test('takes a length that is too small for what it says, and the rest for the next request, which it is not', async () => {
  const { send, hub } = await attack()
  const client = send(publish('/topics/a', 'abcdef\r\n\r\n', { 'content-length': '3' }))
  await client.untilGone()
  // Node may break off the first answer for the second request's sake.
  expect(client.statuses.at(-1)).toBe(400)
  expect(hub.stats().published).toBeLessThanOrEqual(1)
})

test.each([
  ['two lengths', 'content-length: 3\r\ncontent-length: 4\r\n'],
  ['a length and chunks', 'content-length: 3\r\ntransfer-encoding: chunked\r\n'],
  ['a negative length', 'content-length: -1\r\n'],
  ['a length that is no number', 'content-length: 3x\r\n'],
  ['chunks twice', 'transfer-encoding: chunked, chunked\r\n'],
  ['another coding', 'transfer-encoding: gzip\r\n'],
])('does not guess where a body ends: %s', async (_, framing) => {
  const { send, hub } = await attack()
  const smuggled = publish('/topics/smuggled', 'x')
  const client = send(
    `${head('POST /topics/a', { 'content-type': 'text/plain' }).slice(0, -2)}${framing}\r\n0\r\n\r\n${smuggled}`,
  )
  const [status] = await client.answers()
  expect(status).toBe(400)
  await client.untilGone()
  expect(hub.stats().published).toBe(0)
})

test('answers pipelined requests each for itself, in order', async () => {
  const { send, hub } = await attack()
  const requests = Array.from({ length: 50 }, (_, n) => publish(`/topics/a?key=${n % 10}`, `event ${n}`))
  const client = send(
    requests.join('') + head('GET /nowhere') + publish('/topics/a', 'x', { 'content-type': 'text/html' }),
  )
  expect(await client.answers(52)).toEqual([...Array<number>(10).fill(201), ...Array<number>(40).fill(200), 404, 415])
  expect(hub.stats().published).toBe(10)
})
