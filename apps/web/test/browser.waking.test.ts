import { serve } from '@holdfast/adapters/node'
import { createHub, type Hub } from '@holdfast/core/hub'
import { bundle } from '@holdfast/testing'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import { soon } from '@holdfast/testing/soon'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** What `waking-tab.ts` keeps. */
interface Kept {
  got: string[]
  state: string
  wasKept: boolean
}

describe.skipIf(missing)(named('a page that wakes up, in Chromium'), () => {
  let hub: Hub
  let browser: Browser
  let server: Awaited<ReturnType<typeof serve>>
  let published = 0

  beforeAll(async () => {
    const code = await bundle(new URL('waking-tab.ts', import.meta.url), 'browser')
    const script = new Blob([code as Uint8Array<ArrayBuffer>])
    hub = createHub()
    server = await serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) => {
        const { pathname } = new URL(request.url)
        if (pathname === '/events') return hub.respond(request, { topics: ['news'] })
        if (pathname === '/tab.js') return new Response(script, { headers: { 'content-type': 'text/javascript' } })
        const tag = pathname === '/' ? '<script type=module src=/tab.js></script>' : ''
        return new Response(`<!doctype html><title>page</title>${tag}`, { headers: { 'content-type': 'text/html' } })
      },
    })
    // Playwright switches the back/forward cache off.
    browser = await launchChromium({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close({ hub, within: 100 })
  })

  test('comes back from the back/forward cache where it was: nothing missing, nothing twice', async () => {
    const page = await open()
    await publish(5)
    await expectAll(page)
    await page.goto(`${server.url}/elsewhere`)
    // An open stream would keep the page out of the cache.
    await soon(() => expect(hub.stats().subscribers).toBe(0))
    await publish(5)
    // A page that was kept is not loaded again.
    await page.goBack({ waitUntil: 'commit' })
    await expectAll(page)
    expect((await kept(page)).wasKept).toBe(true)
    await publish(5)
    await expectAll(page)
    await page.close()
  })

  test('goes on after it was frozen', async () => {
    const page = await open()
    const session = await page.context().newCDPSession(page)
    await publish(5)
    await expectAll(page)
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await publish(20)
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await expectAll(page)
    await page.close()
  })

  async function open(): Promise<Page> {
    const page = await browser.newPage()
    await page.goto(server.url)
    await soon(async () => expect((await kept(page)).state).toBe('open'))
    published = 0
    return page
  }

  async function publish(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await hub.publish('news', { data: `${published++}` })
  }

  async function expectAll(page: Page): Promise<void> {
    const expected = Array.from({ length: published }, (_, number) => `${number}`)
    await soon(async () => expect((await kept(page)).got).toEqual(expected))
  }

  function kept(page: Page): Promise<Kept> {
    return page.evaluate(() => (globalThis as unknown as { kept: Kept }).kept)
  }
})
