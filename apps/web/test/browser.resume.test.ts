import { serve } from '@holdfast/adapters/node'
import { createHub, type Hub } from '@holdfast/core/hub'
import { type FaultProxy, startFaultProxy } from '@holdfast/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'

const events = 10_000
const cuts = 100
const emptyPage = new Blob(['<!doctype html><link rel=icon href=data:,>'], { type: 'text/html' })

/** What the page under test keeps. */
interface Kept {
  got: number[]
  text: string
  source: EventSource
}

describe.skipIf(missing)(named('native EventSource in Chromium'), () => {
  let hub: Hub
  let browser: Browser
  let proxy: FaultProxy
  let server: Awaited<ReturnType<typeof serve>>

  beforeAll(async () => {
    hub = createHub({ stream: { retry: 20, headers: { 'access-control-allow-origin': '*' } } })
    const fetch = (request: Request): Response | Promise<Response> => {
      const topics = new URL(request.url).searchParams.getAll('topic')
      return topics.length > 0 ? hub.respond(request, { topics }) : new Response(emptyPage)
    }
    server = await serve({ port: 0, hostname: '127.0.0.1', fetch })
    proxy = await startFaultProxy({ target: server.url })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await proxy?.close()
    await server?.close({ hub, within: 100 })
  })

  test(`gets ${events} events once each in order, cut ${cuts} times`, { timeout: 120_000 }, async () => {
    const page = await listen(browser, server.url, `${proxy.url}/?topic=numbers&topic=other`)
    await until(
      () => hub.count('numbers'),
      (count) => count === 1,
    )
    const a = publish(hub)
    const made = await cutAgainAndAgain(proxy, a.done)
    await a.done
    const received = await until(
      () => page.evaluate(() => (globalThis as unknown as Kept).got),
      (got) => got.length >= events,
    )
    expect(made).toBeGreaterThanOrEqual(cuts)
    expect(received).toEqual(Array.from({ length: events }, (_, index) => index))
    await page.close()
  })

  test('reads the whole of an answer whose page is reloaded in the middle', async () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index} `)
    let release = (): void => {}
    const reloaded = new Promise<void>((resolve) => (release = resolve))
    const running = hub.run('answer', speak(words, reloaded))
    const url = `${proxy.url}/?topic=answer&lastEventId=earliest`
    const page = await listen(browser, server.url, url)
    await until(
      () => page.evaluate(() => (globalThis as unknown as Kept).got.length),
      (got) => got >= 20,
    )
    await page.reload()
    release()
    await running
    await follow(page, url)
    const whole = words.join('')
    const text = await until(
      () => page.evaluate(() => (globalThis as unknown as Kept).text),
      (read) => read.length >= whole.length,
    )
    expect(text).toBe(whole)
    // The stream has ended: 204 tells the browser not to come back.
    await until(
      () => page.evaluate(() => (globalThis as unknown as Kept).source.readyState),
      (state) => state === 2,
    )
    await page.close()
  })
})

async function listen(browser: Browser, home: string, url: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(home)
  await follow(page, url)
  return page
}

async function follow(page: Page, url: string): Promise<void> {
  await page.evaluate((address) => {
    const kept = globalThis as unknown as Kept
    kept.got = []
    kept.text = ''
    kept.source = new EventSource(address)
    kept.source.onmessage = ({ data }) => {
      kept.got.push(Number(data))
      kept.text += data
    }
  }, url)
}

function publish(hub: Hub): { done: Promise<void> } {
  const batches = async (): Promise<void> => {
    for (let first = 0; first < events; first += 20) {
      await hub.publish(
        'numbers',
        Array.from({ length: 20 }, (_, index) => ({ data: first + index })),
      )
      await hub.publish('other', { event: 'other', data: 'x' })
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
  }
  return { done: batches() }
}

async function cutAgainAndAgain(proxy: FaultProxy, done: Promise<void>): Promise<number> {
  let over = false
  void done.then(() => (over = true))
  let made = 0
  for (; made < cuts || !over; made++) {
    const connection = await proxy.connection(made)
    // Some cuts come in the middle of the head or the first bytes, some well into the stream.
    await new Promise((resolve) => setTimeout(resolve, (made * 37) % 200))
    if (over) break
    if (made % 2 === 0) connection.rst()
    else connection.fin()
  }
  return made
}

async function* speak(words: string[], reloaded: Promise<void>): AsyncGenerator<string> {
  for (const [index, word] of words.entries()) {
    if (index === 30) await reloaded
    yield word
  }
}

async function until<T>(look: () => Promise<T>, enough: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look()
    if (enough(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
