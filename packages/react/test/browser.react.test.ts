import { serve } from '@holdfast/adapters/node'
import { createHub, type Hub, memoryBroker } from '@holdfast/core/hub'
import { bundle, startFaultProxy } from '@holdfast/testing'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import { soon } from '@holdfast/testing/soon'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

interface Server {
  hub: Hub
  url: string
  /** Every connection breaks, and nobody answers any more. */
  die(): Promise<void>
  close(): Promise<void>
}

describe.skipIf(missing)(named('useEventStream in Chromium'), () => {
  const broker = memoryBroker()
  const asked: string[] = []
  let browser: Browser
  let script: Blob
  let servers: Server[] = []
  let home: Server
  let page: Page

  beforeAll(async () => {
    script = new Blob([(await bundle(new URL('page.ts', import.meta.url), 'browser')) as Uint8Array<ArrayBuffer>])
    browser = await launchChromium()
    home = await start()
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([home, ...servers].map((each) => each?.close()))
    await broker.close()
  })
  beforeEach(async () => {
    await page?.close()
    await Promise.all(servers.map((each) => each.close()))
    servers = [await start(), await start()]
    asked.length = 0
    page = await browser.newPage()
    await page.goto(home.url)
    await soon(async () => expect(await attribute('state')).toBe('open'))
  })

  test('StrictMode opens one stream, and a turn of events is one render', async () => {
    // At a single endpoint: of two, a slow one would be asked beside the other.
    await page.goto('about:blank')
    asked.length = 0
    await page.goto(`${home.url}/one`)
    await soon(async () => expect(await attribute('state')).toBe('open'))
    expect(asked).toHaveLength(1)
    const before = await renders()
    await publish('news', ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    await soon(async () => expect(await text()).toBe('a b c d e f g '))
    expect(await attribute('last')).toBe('g')
    expect(await attribute('kept')).toBe('5')
    // StrictMode renders twice.
    expect((await renders()) - before).toBeLessThanOrEqual(4)
  })

  test('a server dies in the middle: the component has every event once', async () => {
    const words = Array.from({ length: 60 }, (_, index) => `${index}`)
    const dying = servers.find(({ hub }) => hub.stats().subscribers > 0) as Server
    const surviving = servers.find((each) => each !== dying) as Server
    for (const [index, word] of words.entries()) {
      if (index === 20) await dying.die()
      await surviving.hub.publish('news', { data: word })
    }
    await soon(async () => expect(await text()).toBe(words.map((word) => `${word} `).join('')))
    expect(await attribute('state')).toBe('open')
  })

  test('another set of topics opens another stream, once it stands, and what is hidden for long goes on where it was', async () => {
    await publish('news', ['a'])
    await soon(async () => expect(await text()).toBe('a '))
    await page.evaluate(() => {
      const { controls } = globalThis as unknown as { controls: { use(topics: string[]): void } }
      controls.use(['c'])
      setTimeout(() => controls.use(['chat']), 10)
    })
    await soon(() => expect(asked.at(-1)).toContain('topic=chat'))
    await soon(async () => expect(await attribute('state')).toBe('open'))
    expect(asked.filter((url) => url.endsWith('topic=c'))).toEqual([])
    await publish('chat', ['x'])
    await soon(async () => expect(await text()).toBe('x '))
    await soon(() => expect(servers.reduce((sum, { hub }) => sum + hub.stats().subscribers, 0)).toBe(1))
  })

  test('nobody looks: the stream is closed', async () => {
    await page.evaluate(() => {
      ;(globalThis as unknown as { controls: { show(isShown: boolean): void } }).controls.show(false)
    })
    await soon(() => expect(servers.map(({ hub }) => hub.stats().subscribers)).toEqual([0, 0]))
  })

  async function start(): Promise<Server> {
    const hub = createHub({ broker, stream: { headers: { 'access-control-allow-origin': '*' } } })
    const server = await serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) => {
        const { pathname, searchParams } = new URL(request.url)
        if (pathname === '/page.js') return new Response(script, { headers: { 'content-type': 'text/javascript' } })
        if (pathname !== '/events')
          return new Response(html(pathname === '/one' ? servers.slice(0, 1) : servers), {
            headers: { 'content-type': 'text/html' },
          })
        asked.push(request.url)
        return hub.respond(request, { topics: searchParams.getAll('topic') })
      },
    })
    const proxy = await startFaultProxy({ target: server.url })
    const close = async (): Promise<void> => {
      await proxy.close()
      await server.close({ hub, within: 0 })
    }
    return { hub, url: proxy.url, die: () => proxy.close(), close }
  }

  function html(used: readonly Server[]): string {
    const endpoints = JSON.stringify(used.map(({ url }) => url))
    return `<!doctype html><link rel=icon href=data:,><body data-endpoints='${endpoints}'><div id=root></div><script type=module src=/page.js></script>`
  }

  function attribute(name: string): Promise<string | null> {
    return page.locator('pre').getAttribute(`data-${name}`, { timeout: 5_000 })
  }

  function text(): Promise<string | null> {
    return page.locator('pre').textContent({ timeout: 5_000 })
  }

  function renders(): Promise<number> {
    return page.evaluate(() => (globalThis as unknown as { controls: { renders: number } }).controls.renders)
  }

  async function publish(topic: string, data: string[]): Promise<void> {
    await (servers[0] as Server).hub.publish(
      topic,
      data.map((each) => ({ data: each })),
    )
  }
})
