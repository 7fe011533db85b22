import { serve } from '@holdfast/adapters/node'
import { createHub, type Hub } from '@holdfast/core/hub'
import { bundle } from '@holdfast/testing'
import { soon } from '@holdfast/testing/soon'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'

const empty = '<!doctype html><link rel=icon href=data:,><script type=module src=/tab.js></script>'

/** What `shared-tab.ts` keeps. */
interface Kept {
  got: string[]
  state: string
}

describe.skipIf(missing)(named('shared() in Chromium'), () => {
  let hub: Hub
  let browser: Browser
  let context: BrowserContext
  let server: Awaited<ReturnType<typeof serve>>
  let published = 0

  beforeAll(async () => {
    const script = new Blob([
      (await bundle(new URL('shared-tab.ts', import.meta.url), 'browser')) as Uint8Array<ArrayBuffer>,
    ])
    hub = createHub()
    const fetch = (request: Request): Response | Promise<Response> => {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname === '/events') return hub.respond(request, { topics: searchParams.getAll('topic') })
      if (pathname === '/tab.js') return new Response(script, { headers: { 'content-type': 'text/javascript' } })
      return new Response(empty, { headers: { 'content-type': 'text/html' } })
    }
    server = await serve({ port: 0, hostname: '127.0.0.1', fetch })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close({ hub, within: 100 })
  })
  beforeEach(async () => {
    context = await browser.newContext()
    published = 0
  })
  afterEach(async () => {
    await context.close()
    await soon(() => expect(hub.stats().subscribers).toBe(0))
  })

  test('30 tabs over HTTP/1.1, each with its own topics, have one connection', async () => {
    const tabs = await Promise.all(Array.from({ length: 30 }, (_, index) => open('all', `own-${index % 10}`)))
    await soon(async () => expect(await hub.count('own-9')).toBe(1))
    await publish('all', 20)
    await publish('own-3', 5)
    for (const [index, tab] of tabs.entries()) await expectToHave(tab, index % 10 === 3 ? 25 : 20)
    await soon(() => expect(hub.stats().subscribers).toBe(1))
  })

  test.each(['close', 'reload', 'crash', 'freeze'] as const)('a leader whose page does: %s', async (fate) => {
    const topic = `news-${fate}`
    const leader = await open(topic)
    await soon(async () => expect(await hub.count(topic)).toBe(1))
    const others = [await open(topic), await open(topic)]
    await publish(topic, 10)
    for (const tab of others) await expectToHave(tab, 10)
    const publishing = publishAllAlong(topic)
    const revive = await meet(leader, fate)
    const total = await publishing
    for (const tab of others) await expectToHave(tab, total)
    await revive()
    await soon(() => expect(hub.stats().subscribers).toBe(1))
  })

  test('a tab that comes late, or begins earlier, has what it asked for', async () => {
    const first = await open('news')
    await soon(async () => expect(await hub.count('news')).toBe(1))
    await publish('news', 10)
    await expectToHave(first, 10)
    const late = await open('news', 'lastEventId=earliest')
    await expectToHave(late, 10)
    await publish('news', 10)
    await expectToHave(late, 20)
    await expectToHave(first, 20)
  })

  async function open(...topics: string[]): Promise<Page> {
    const page = await context.newPage()
    const query = topics.map((topic) => (topic.includes('=') ? topic : `topic=${topic}`)).join('&')
    await page.goto(`${server.url}/?${query}`)
    await soon(async () => expect((await kept(page)).state).toBe('open'))
    return page
  }

  function kept(page: Page): Promise<Kept> {
    return page.evaluate(() => (globalThis as unknown as { kept: Kept }).kept)
  }

  async function publish(topic: string, count: number): Promise<void> {
    for (let index = 0; index < count; index++) await hub.publish(topic, { data: `${published++}` })
  }

  async function publishAllAlong(topic: string): Promise<number> {
    for (let index = 0; index < 100; index++) {
      await publish(topic, 1)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    return published
  }

  async function expectToHave(page: Page, count: number): Promise<void> {
    await soon(async () => expect((await kept(page)).got.length).toBeGreaterThanOrEqual(count))
    const { got } = await kept(page)
    expect(got).toHaveLength(count)
    expect(got.map(Number)).toEqual(got.map(Number).toSorted((a, b) => a - b))
    expect(new Set(got).size).toBe(count)
  }

  /** @returns what brings it back, and closes it */
  async function meet(page: Page, fate: 'close' | 'reload' | 'crash' | 'freeze'): Promise<() => Promise<void>> {
    const session = await context.newCDPSession(page)
    if (fate === 'close') await page.close()
    else if (fate === 'reload') await page.reload()
    else if (fate === 'crash') void session.send('Page.crash').catch(() => {})
    else await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    return async () => {
      if (fate !== 'freeze') return
      await session.send('Page.setWebLifecycleState', { state: 'active' })
      await expectToHave(page, published)
    }
  }
})
