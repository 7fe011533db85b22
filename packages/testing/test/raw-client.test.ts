import { once } from 'node:events'
import { type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { bodyDecoder } from '../src/raw-client/body-decoder.ts'
import { parseHead } from '../src/raw-client/head.ts'
import { openRaw } from '../src/raw-client/index.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(answer: (response: ServerResponse, url: string) => void): Promise<string> {
  server = createServer((request, response) => answer(response, request.url ?? ''))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('reads a chunked body whatever way the bytes are split', () => {
  const wire = Buffer.from('5;name=value\r\nhello\r\n1\r\n \r\n0005\r\nworld\r\n0\r\ntrailer: yes\r\n\r\n')
  const head = parseHead('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked')
  for (let size = 1; size <= wire.length; size++) {
    const decoder = bodyDecoder('GET', head)
    const parts: Buffer[] = []
    for (let at = 0; at < wire.length; at += size) parts.push(...decoder.push(wire.subarray(at, at + size)))
    expect([Buffer.concat(parts).toString(), decoder.done]).toEqual(['hello world', true])
  }
})

it('reads the events of a stream as they arrive', async () => {
  const url = await serve((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\ndata: 1\nid: a\n\nevent: x\ndata: ü')
    response.write('\ndata: 3\n\n')
  })
  const client = await openRaw(`${url}/events`)
  await client.until('both events', () => client.events.length === 2)
  expect(client.events).toEqual([
    { event: 'message', data: '1', id: 'a' },
    { event: 'x', data: 'ü\n3', id: undefined },
  ])
  expect([client.comments, client.head?.headers.get('content-type'), client.bodyDone]).toEqual([
    ['hello'],
    'text/event-stream',
    false,
  ])
  client.destroy()
})

it('tells a complete body from a connection that was cut', async () => {
  const url = await serve((response, path) => {
    response.write('data: 1\n\n')
    if (path === '/cut') setImmediate(() => response.socket?.resetAndDestroy())
    else response.end()
  })
  const cut = await openRaw(`${url}/cut`)
  expect([await cut.untilGone(), cut.bodyDone]).toEqual(['ECONNRESET', false])
  const whole = await openRaw(`${url}/whole`, { headers: { connection: 'close' } })
  expect([await whole.untilGone(), whole.bodyDone]).toEqual(['fin', true])
  whole.destroy()
})

it('a wait that is in vain says what there was instead', async () => {
  const url = await serve((response) => response.write('data: 1\n\n'))
  const client = await openRaw(url)
  await expect(client.until('a miracle', () => false, 20)).rejects.toThrow(
    /Waited 20 ms in vain for a miracle: .*"status":200/,
  )
  client.destroy()
})

it('leaves with a FIN or a RST as told', async () => {
  const ends: Promise<unknown>[] = []
  const url = await serve((response) => {
    response.write('x')
    const socket = response.socket!
    ends.push(
      new Promise((resolve) =>
        socket.on('end', () => resolve('fin')).on('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
      ),
    )
  })
  const [first, second] = [await openRaw(url), await openRaw(url)]
  first.fin()
  second.rst()
  expect(await Promise.all(ends)).toEqual(['fin', 'ECONNRESET'])
  first.destroy()
})

it('waits for many events as long as one comes after the other, and no longer', async () => {
  const waiting: ServerResponse[] = []
  let sent = 0
  const url = await serve((response, path) => {
    if (path === '/') {
      response.write(': hello\n\n')
      waiting.push(response)
      return
    }
    for (const each of waiting) each.write(`data: ${++sent}\n\n`)
    response.end()
  })
  const client = await openRaw(url, { within: 200 })
  const all = client.untilAll('all of them', () => client.events.length === 8)
  for (let each = 0; each < 8; each++) await fetch(`${url}/more`)
  await all
  await expect(client.untilAll('one more', () => client.events.length === 9)).rejects.toThrow(/200 ms in vain/)
  client.destroy()
})
