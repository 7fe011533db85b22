import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import { type Demo, startDemo } from './demo.ts'
import { logged, type OpenPage, openPage, receiveMore } from './page.ts'

interface Sample {
  time: number
  load: number[]
  memory: { used: number; total: number }
}

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo?.stop())

const publish = (topic: string, data: string, at = demo.origin) =>
  fetch(`${at}/topics/${topic}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${demo.token}`, 'content-type': 'text/plain' },
    body: data,
  })

/** Read a stream until `pattern` shows up in it. */
async function read(url: string, pattern: RegExp): Promise<string> {
  const leave = new AbortController()
  const response = await fetch(url, { signal: leave.signal })
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (pattern.test(text)) break
  }
  leave.abort()
  return text
}

describe('the stream servers', () => {
  test('send a sample of this machine every second', async () => {
    const texts = await Promise.all(
      demo.streams.map((url) => read(`${url}/events?topic=system`, /data: ?\{.*\n\n[^]*data: ?\{.*\n\n/)),
    )
    expect(texts).toHaveLength(3)
    for (const text of texts) {
      const samples = [...text.matchAll(/^data: ?(\{.*)$/gm)].map(([, json = '']) => JSON.parse(json) as Sample)
      expect(samples[0]!.load).toHaveLength(3)
      expect(samples[0]!.memory.used).toBeLessThan(samples[0]!.memory.total)
      expect(samples[1]!.time - samples[0]!.time).toBeGreaterThan(500)
    }
  })

  test('send what is published at any server', async () => {
    const all = Promise.all(
      demo.streams.map((url) => read(`${url}/events?topic=chat`, /data: ?from-the-page[^]*data: ?from-a-stream/)),
    )
    await vi.waitFor(async () => {
      expect((await publish('chat', 'from-the-page')).status).toBe(201)
      expect((await publish('chat', 'from-a-stream', demo.streams[1])).status).toBe(201)
      await Promise.race([all, new Promise((_, reject) => setTimeout(reject, 300))])
    }, 10_000)
    expect(await all).toHaveLength(3)
  })

  test('are closed to strangers: no other topic, no publishing, no other page', async () => {
    const stream = demo.streams[0]!
    expect((await fetch(`${stream}/events?topic=secrets`)).status).toBe(401)
    expect((await fetch(`${stream}/topics/news`, { method: 'POST', body: 'x' })).status).toBe(401)
    const { headers } = await fetch(`${stream}/livez`, { headers: { origin: 'https://evil.example' } })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

test('the page allows only its own code and only its own servers', async () => {
  const { headers } = await fetch(demo.origin)
  const policy = headers.get('content-security-policy')
  expect(policy).toContain(`default-src 'none'`)
  for (const url of demo.streams) expect(policy).toContain(url)
})

describe.skipIf(missing)(named('the page in Chromium'), () => {
  let browser: Browser
  let open: OpenPage

  beforeAll(async () => {
    browser = await launchChromium()
    open = await openPage(browser, demo)
  })
  afterAll(() => browser?.close())

  test('is one client of three servers, and gets the ticker without a hole', async () => {
    expect(await open.page.locator('.server').count()).toBe(3)
    expect(await open.page.locator('.server h3').allTextContents()).toEqual(['Node', 'Bun', 'Deno'])
    await receiveMore(open, 20)
    expect([await open.counter('lost'), await open.counter('repeated')]).toEqual(['0', '0'])
    await expect(open.carrier().locator('dd').nth(1).textContent()).resolves.toMatch(/^\d+ ms$/)
    await logged(open, /^[\d:]+Events come from (Node|Bun|Deno)$/)
  })

  test('draws the machine and the ticker as they change, from their history on', async () => {
    const curve = (): Promise<string | null> => open.page.locator('#machine .curve').first().getAttribute('d')
    await expect.poll(() => open.page.locator('#machine .value').first().textContent()).toMatch(/^\d+ %$/)
    const before = await curve()
    await expect.poll(curve).not.toBe(before)
    const second = await openPage(browser, demo)
    // More than could have come since it was opened.
    await expect
      .poll(() =>
        second.page
          .locator('#ticker .curve')
          .getAttribute('d')
          .then((d) => d?.split('L').length),
      )
      .toBeGreaterThan(30)
    await second.close()
  })

  test('chats between two windows, with what was said before, and writes it as text', async () => {
    const hostile = 'Hello <img src=x onerror="document.title=1">'
    await open.page.getByLabel('Message').fill(hostile)
    await open.page.getByRole('button', { name: 'Send' }).click()
    await open.page.locator('.messages li', { hasText: hostile }).waitFor()
    const second = await openPage(browser, demo)
    await second.page.locator('.messages li', { hasText: hostile }).waitFor()
    await second.page.getByLabel('Message').fill('From the second')
    await second.page.getByLabel('Message').press('Enter')
    await open.page.locator('.messages li', { hasText: 'From the second' }).waitFor()
    expect((await publish('news', 'From curl')).status).toBe(201)
    await second.page.locator('.messages li', { hasText: 'From curl' }).waitFor()
    expect(await open.page.locator('.messages img').count()).toBe(0)
    await second.close()
  })

  test('says so when it has no token, and offers nothing that it may not do', async () => {
    const other = await browser.newPage({ locale: 'en-US' })
    await other.goto(demo.origin)
    await other.getByText('open the address that the terminal shows').waitFor()
    await other.locator('.server[data-role=carries]').waitFor()
    const disabled = other.locator('main button:disabled')
    expect(await disabled.count()).toBe(await other.locator('main button').count())
    await other.close()
  })

  test('shows the operator each server by its own numbers, and all of them together', async () => {
    await open.page.getByText("The operator's view").click()
    const row = (name: string) => open.page.locator(`[data-row=${name}]`).allTextContents()
    await expect
      .poll(() => row('runtime'))
      .toEqual([
        expect.stringMatching(/^Node \d/),
        expect.stringMatching(/^Bun \d/),
        expect.stringMatching(/^Deno \d/),
        '',
      ])
    await expect.poll(async () => Number((await row('subscribers'))[3])).toBeGreaterThan(0)
    await expect.poll(async () => (await row('events'))[3], { timeout: 10_000 }).toMatch(/^[1-9]\d*\/s$/)
    expect((await row('memory')).every((text) => /^\d+ MB$/.test(text))).toBe(true)
    await open.page.getByText('What Prometheus reads of Bun').click()
    await open.page.locator('pre', { hasText: 'holdfast_subscribers' }).waitFor()
  })

  test('meets no error', () => expect(open.problems).toEqual([]))
})

test('ends with all its processes, although a client still listens', async () => {
  const stream = await fetch(`${demo.streams[0]}/events?topic=news`)
  await demo.stop()
  await stream.text()
  for (const url of [demo.origin, ...demo.streams]) await expect(fetch(`${url}/livez`)).rejects.toThrow()
})
