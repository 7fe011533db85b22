import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Fault, type FaultProxy, type ProxiedConnection, startFaultProxy } from '../src/fault-proxy/index.ts'
import { type Peer, dial, startPeerServer } from './tcp-peers.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) await close()
})

interface Line {
  proxy: FaultProxy
  connection: ProxiedConnection
  client: Peer
  server: Peer
  /** Dial once more and see a byte arrive, so that whatever was on its way before has arrived too. */
  roundTrip: () => Promise<void>
}

async function start(
  faults?: (index: number) => Fault | undefined,
): Promise<{ proxy: FaultProxy; peers: Awaited<ReturnType<typeof startPeerServer>> }> {
  const peers = await startPeerServer()
  const proxy = await startFaultProxy({ target: peers.url, faults })
  closing.push(() => proxy.close(), peers.close)
  return { proxy, peers }
}

async function open(fault?: Fault): Promise<Line> {
  const { proxy, peers } = await start((index) => (index === 0 ? fault : undefined))
  const client = dial(proxy.port)
  closing.push(() => client.socket.destroy())
  const [connection, server] = [await proxy.connection(0), await peers.next()]
  const roundTrip = async (): Promise<void> => {
    const [near, far] = [dial(proxy.port), await peers.next()]
    near.socket.write('x')
    await far.until(() => far.received().length === 1)
    near.socket.destroy()
  }
  return { proxy, connection, client, server, roundTrip }
}

/** Wait while time stands still: `vi.waitFor` would move it. */
async function turnsUntil(check: () => boolean): Promise<void> {
  while (!check()) await nextTurn()
}

const payload = randomBytes(1_000_000)

describe('without faults', () => {
  it('carries bytes both ways unchanged', async () => {
    const { client, server } = await open()
    client.socket.write(payload)
    server.socket.write(payload)
    await Promise.all([client, server].map((peer) => peer.until(() => peer.received().length === payload.length)))
    expect(server.received().equals(payload) && client.received().equals(payload)).toBe(true)
  })

  it('passes a half-close on, and what comes back after it', async () => {
    const { client, server } = await open()
    client.socket.end('question')
    await server.until(() => server.fate() === 'fin')
    server.socket.end('answer')
    await client.until(() => client.fate() === 'fin')
    expect([server.received().toString(), client.received().toString()]).toEqual(['question', 'answer'])
  })

  it('passes a reset on as a reset', async () => {
    const { client, server } = await open()
    client.socket.resetAndDestroy()
    await server.until(() => server.fate() !== 'open')
    expect(server.fate()).toBe('ECONNRESET')
  })

  it('resets the client when the target cannot be dialled', async () => {
    const { proxy, peers } = await start()
    peers.close()
    const client = dial(proxy.port)
    await client.until(() => client.fate() !== 'open')
    expect(client.fate()).toBe('ECONNRESET')
  })
})

describe('latency and bandwidth', () => {
  it('delivers late and in order', async () => {
    const { connection, client, server, roundTrip } = await open({ up: { latency: 120 } })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    client.socket.write('a')
    await turnsUntil(() => connection.bytes('up').in === 1)
    vi.advanceTimersByTime(20)
    client.socket.end('b')
    await turnsUntil(() => connection.bytes('up').in === 2)
    vi.advanceTimersByTime(99)
    await roundTrip()
    expect(server.received().toString()).toBe('')
    vi.advanceTimersByTime(1)
    await server.until(() => server.received().length > 0)
    expect([server.received().toString(), server.fate()]).toEqual(['a', 'open'])
    vi.advanceTimersByTime(20)
    await server.until(() => server.received().toString() === 'ab')
    // The FIN may have been read a little later than what came before it.
    vi.advanceTimersByTime(120)
    await server.until(() => server.fate() === 'fin')
  })

  it('delivers no faster than the given rate', async () => {
    const { connection, client, server } = await open({ down: { bytesPerSecond: 40_000 } })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    server.socket.write(payload.subarray(0, 20_000))
    await turnsUntil(() => connection.bytes('down').in === 20_000)
    // What arrives at once is one slice, and each further one is due when the ones before it have had their time.
    const slice = connection.bytes('down').out
    expect(slice).toBeLessThanOrEqual(2_000)
    vi.advanceTimersByTime(250)
    expect(connection.bytes('down').out).toBeLessThanOrEqual(10_000 + slice)
    expect(connection.bytes('down').out).toBeGreaterThan(10_000 - slice)
    vi.advanceTimersByTime(250)
    await client.until(() => client.received().length === 20_000)
  })

  it('can be lifted while bytes wait', async () => {
    const { connection, client, server } = await open({ down: { bytesPerSecond: 1, latency: 3_600_000 } })
    server.socket.write(payload)
    await expect.poll(() => connection.bytes('down').in).toBeGreaterThan(0)
    connection.set({ down: { latency: 0 } })
    await client.until(() => client.received().length > 0)
    connection.set({ down: { bytesPerSecond: undefined } })
    await client.until(() => client.received().length === payload.length)
  })
})

describe('cut after N bytes', () => {
  it.each([0, 1, 70_000])('resets both sides after %i bytes', async (count) => {
    const { client, server } = await open({ down: { cutAfter: count } })
    server.socket.write(payload)
    await client.until(() => client.fate() !== 'open')
    await server.until(() => server.fate() !== 'open')
    expect([client.received().length, client.fate(), server.fate()]).toEqual([count, 'ECONNRESET', 'ECONNRESET'])
  })

  it('ends both sides cleanly where asked to', async () => {
    const { client, server } = await open({ up: { cutAfter: 10, cut: 'fin' } })
    client.socket.write(payload)
    await client.until(() => client.fate() !== 'open')
    await server.until(() => server.fate() !== 'open')
    expect([server.received().length, client.fate(), server.fate()]).toEqual([10, 'fin', 'fin'])
  })

  it('swallows the rest where asked to', async () => {
    const { connection, client, server } = await open({ up: { cutAfter: 10, cut: 'black-hole' } })
    client.socket.write(payload)
    await expect.poll(() => connection.bytes('up').in).toBe(payload.length)
    expect([server.received().length, client.fate(), server.fate()]).toEqual([10, 'open', 'open'])
  })
})

describe('live faults', () => {
  it('fin() ends both sides', async () => {
    const { connection, client, server } = await open()
    connection.fin()
    await client.until(() => client.fate() !== 'open')
    await server.until(() => server.fate() !== 'open')
    expect([client.fate(), server.fate()]).toEqual(['fin', 'fin'])
  })

  it('rst() resets both sides, also when told to reset only one', async () => {
    for (const side of [undefined, 'client', 'target'] as const) {
      const { connection, client, server } = await open()
      connection.rst(side)
      await client.until(() => client.fate() !== 'open')
      await server.until(() => server.fate() !== 'open')
      expect([client.fate(), server.fate()]).toEqual(['ECONNRESET', 'ECONNRESET'])
    }
  })

  it('a black hole accepts bytes, forwards none and stays open', async () => {
    const { connection, client, server, roundTrip } = await open()
    connection.blackHole()
    client.socket.end(payload)
    server.socket.write(payload)
    await expect.poll(() => connection.bytes('up').in + connection.bytes('down').in).toBe(2 * payload.length)
    await roundTrip()
    expect([client.received().length, server.received().length]).toEqual([0, 0])
    expect([client.fate(), server.fate()]).toEqual(['open', 'open'])
  })

  it('a stall fills the sender, holds little itself, and loses nothing', async () => {
    const { connection, client, server } = await open()
    connection.stall('down')
    const large = Buffer.concat(Array.from({ length: 32 }, () => payload))
    server.socket.end(large)
    await expect.poll(() => server.socket.writableLength).toBeGreaterThan(0)
    expect(connection.bytes('down').in).toBeLessThanOrEqual(512 * 1024)
    expect(client.received().length).toBe(0)
    connection.resume('down')
    await client.until(() => client.fate() === 'fin')
    expect(client.received().equals(large)).toBe(true)
  })

  it('a client that does not read holds the target back through the proxy', async () => {
    const { connection, client, server } = await open()
    client.socket.pause()
    server.socket.write(Buffer.concat(Array.from({ length: 32 }, () => payload)))
    await expect.poll(() => connection.bytes('down').out).toBeGreaterThan(0)
    await expect.poll(() => server.socket.writableLength).toBeGreaterThan(0)
    const { in: taken, out: given } = connection.bytes('down')
    expect(taken - given).toBeLessThanOrEqual(512 * 1024)
  })

  it('half-open: the client is gone and the target is not told', async () => {
    const { connection, client, server, roundTrip } = await open()
    connection.halfOpen('client')
    await client.until(() => client.fate() !== 'open')
    server.socket.write(payload)
    await roundTrip()
    expect([client.fate(), server.fate(), server.socket.destroyed]).toEqual(['ECONNRESET', 'open', false])
  })

  it('half-open: the target is gone and the client is not told', async () => {
    const { connection, client, server, roundTrip } = await open()
    connection.halfOpen('target')
    await server.until(() => server.fate() !== 'open')
    client.socket.write('is anybody there?')
    await roundTrip()
    expect([server.fate(), client.fate()]).toEqual(['ECONNRESET', 'open'])
  })

  it('half-close ends one direction and keeps the other', async () => {
    const { connection, client, server } = await open()
    connection.halfClose('up')
    await server.until(() => server.fate() === 'fin')
    server.socket.write('still here')
    await client.until(() => client.received().length > 0)
    expect([client.received().toString(), client.fate()]).toEqual(['still here', 'open'])
  })
})

describe('refusing', () => {
  it('resets a connection at accept and never dials the target', async () => {
    const { proxy, peers } = await start((index) => ({ refuse: index === 0 }))
    const refused = dial(proxy.port)
    await refused.until(() => refused.fate() !== 'open')
    const admitted = dial(proxy.port)
    await peers.next()
    expect([refused.fate(), peers.count(), proxy.connections.map(({ index }) => index)]).toEqual(['ECONNRESET', 1, [1]])
    admitted.socket.destroy()
  })

  it('refuses connects while it does not listen, and keeps live connections', async () => {
    const { proxy, client, server } = await open()
    proxy.stopListening()
    const refused = dial(proxy.port)
    await refused.until(() => refused.fate() !== 'open')
    expect(refused.fate()).toBe('ECONNREFUSED')
    client.socket.write('alive')
    await server.until(() => server.received().length === 5)
    // Nobody is given the port meanwhile: its reservation stands until the proxy is closed.
    await expect(once(createServer().listen(proxy.port + 1, '127.0.0.1'), 'listening')).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    await proxy.listen()
    const again = dial(proxy.port)
    again.socket.end()
    await proxy.connection(1)
  })
})

it('close() cuts what is late, throttled or stalled, and frees the port', async () => {
  const { proxy, client, server } = await open({ down: { latency: 3_600_000 }, up: { stall: true } })
  server.socket.write('late')
  client.socket.write('stalled')
  await proxy.close()
  await client.until(() => client.fate() !== 'open')
  await server.until(() => server.fate() !== 'open')
  const refused = dial(proxy.port)
  await refused.until(() => refused.fate() !== 'open')
  expect(refused.fate()).toBe('ECONNREFUSED')
})

it('close() lets nobody in from its first moment on: a Redis replica comes back at once', async () => {
  const { proxy } = await open()
  const closed = proxy.close()
  const late = dial(proxy.port)
  await late.until(() => late.fate() !== 'open')
  expect(late.fate()).toBe('ECONNREFUSED')
  await closed
})
