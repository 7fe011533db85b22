import { describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { openRaw } from '../raw-client/index.ts'
import { type Origin, startOrigin, topic } from './origin.ts'
import type { RunningProxy, StartProxy } from './start.ts'

/** A proxy with the configuration that docs/proxies.md recommends for it. */
export interface ProxySubject {
  name: string
  path: string
  block: string
  start: StartProxy
  /** Whether it cuts what is quiet for the time that its block names. */
  cutsQuiet: boolean
}

// Far above what anything here takes.
const patience = 15_000

/** What docs/proxies.md says of a proxy, examined on the real one. */
export function proxyContract({ name, path, block, start, cutsQuiet }: ProxySubject): void {
  describe.concurrent(`${name} as in docs/proxies.md`, () => {
    async function behind(origin: Origin, configuration = block): Promise<RunningProxy & { url: string }> {
      const proxy = await start({ path, block: configuration, origin: origin.port })
      const url = `http://127.0.0.1:${proxy.port}/events?topic=${topic}`
      return { ...proxy, url }
    }

    it('passes the first bytes and each event on while the stream is open', async () => {
      await using origin = await startOrigin()
      await using proxy = await behind(origin)
      const client = await openRaw(proxy.url, { within: patience })
      await client.until('the first hint', () => client.comments.length > 0)
      for (let count = 1; count <= 3; count++) {
        await origin.hub.publish(topic, { data: count })
        await client.until(`event ${count}`, () => client.events.length === count)
      }
      expect(client.events.map(({ data }) => data)).toEqual(['1', '2', '3'])
      expect(client.head?.headers.get('content-encoding')).toBeUndefined()
      client.destroy()
    })

    it.each(['fin', 'rst'] as const)(
      'tells the server of a client that leaves by %s, with nothing to write',
      async (how) => {
        await using origin = await startOrigin()
        await using proxy = await behind(origin)
        const client = await openRaw(proxy.url, { within: patience })
        client[how]()
        const told = (): boolean => origin.closes.length > 0
        await eventually('the server to know', told, { within: patience })
        expect(origin.closes).toEqual(['client-closed'])
        client.destroy()
      },
    )

    it('keeps a stream with nothing but heartbeats for longer than its limits', async () => {
      await using origin = await startOrigin({ heartbeat: 500 })
      await using proxy = await behind(origin, block.replaceAll('60s', '2s'))
      const client = await openRaw(proxy.url, { within: patience })
      // Of 500 ms each, so that the limit has passed three times.
      await client.until('13 heartbeats', () => client.comments.length > 13)
      expect(client.fate).toBe('open')
      client.destroy()
    })

    it.runIf(cutsQuiet)('cuts a stream without heartbeats', async () => {
      await using origin = await startOrigin()
      await using proxy = await behind(origin, block.replaceAll('60s', '2s'))
      const client = await openRaw(proxy.url, { within: patience })
      await client.untilGone(patience)
      client.destroy()
    })
  })
}
