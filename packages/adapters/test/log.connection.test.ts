import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection, type Link } from '../src/log/connection.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

class FakeLink implements Link {
  isClosed = false
  readonly lose: () => void

  constructor(lose: () => void) {
    this.lose = lose
  }

  close(): void {
    this.isClosed = true
  }
}

function scene(open?: (link: FakeLink) => Promise<FakeLink>): { links: FakeLink[]; connection: Connection<FakeLink> } {
  const links: FakeLink[] = []
  const connection = new Connection<FakeLink>({
    timeout: 1_000,
    open: async (onLost) => {
      const link = new FakeLink(onLost)
      links.push(link)
      return (await open?.(link)) ?? link
    },
  })
  return { links, connection }
}

describe('a connection', () => {
  it('is opened once for all who ask at first, and again when it is lost', async () => {
    const { links, connection } = scene()
    const [first, second] = await Promise.all([connection.get(), connection.get()])
    expect([first, links.length]).toEqual([second, 1])
    links[0]?.lose()
    await expect(connection.get()).rejects.toMatchObject({ code: 'broker-unavailable' })
    await vi.advanceTimersByTimeAsync(50)
    expect(await connection.get()).toBe(links[1])
    connection.close()
    expect(links[1]?.isClosed).toBe(true)
  })

  it('tries again after longer and longer waits', async () => {
    const { links, connection } = scene(() => Promise.reject(new Error('refused')))
    await expect(connection.get()).rejects.toMatchObject({ code: 'broker-unavailable' })
    await vi.advanceTimersByTimeAsync(60_000)
    // 50 ms, 100 ms and so on to 2 s, each cut by up to a half.
    expect(links.length).toBeGreaterThan(30)
    expect(links.length).toBeLessThan(70)
    connection.close()
  })

  it('gives up an attempt that takes too long, and closes what comes of it', async () => {
    let arrive = (): void => {}
    const { links, connection } = scene(
      (link) => new Promise((resolve) => (arrive = links.length === 1 ? () => resolve(link) : arrive)),
    )
    const asked = connection.get().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await asked).toMatchObject({ code: 'broker-unavailable' })
    arrive()
    await vi.advanceTimersByTimeAsync(0)
    expect(links[0]?.isClosed).toBe(true)
    connection.close()
    await vi.advanceTimersByTimeAsync(0)
  })

  it('lets what is under way on a replaced one end', async () => {
    const { links, connection } = scene()
    const old = await connection.get()
    connection.replace(old)
    connection.replace(old)
    expect(await connection.get()).toBe(links[1])
    expect([old.isClosed, links.length]).toEqual([false, 2])
    await vi.advanceTimersByTimeAsync(1_000)
    expect([old.isClosed, links[1]?.isClosed]).toEqual([true, false])
    connection.close()
  })

  it('closed, refuses, and ends what is being opened', async () => {
    const { connection } = scene(() => new Promise(() => {}))
    const asked = connection.get().catch((error: unknown) => error)
    connection.close()
    expect(await asked).toMatchObject({ code: 'broker-closed' })
    await expect(connection.get()).rejects.toMatchObject({ code: 'broker-closed' })
  })
})
