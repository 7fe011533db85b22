import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import { type Demo, startDemo } from './demo.ts'

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
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    browser = await launchChromium()
    page = await browser.newPage({ viewport: { width: 1200, height: 950 } })
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(demo.pageUrl)
  })
  afterAll(() => browser?.close())

  const textOf = (selector: string) => page.locator(selector).first().textContent()

  test('opens three streams', async () => {
    await page.getByText('3 of 3 streams open').waitFor()
    expect(await page.locator('.stream[data-state=open]').count()).toBe(3)
  })

  test('draws the machine as it changes', async () => {
    const curve = () => page.locator('[data-panel=processor] .curve').getAttribute('d')
    await vi.waitFor(async () => expect(await textOf('[data-panel=processor] .value')).toMatch(/^\d+ %$/), 5_000)
    const before = await curve()
    await vi.waitFor(async () => expect(await curve()).not.toBe(before), 5_000)
    await vi.waitFor(async () => expect(await textOf('[data-panel=rate] .faint')).toContain('3 subscribers'), 5_000)
  })

  test('shows a published event once, as text, from all three servers', async () => {
    const hostile = 'Hello <img src=x onerror="document.title=1">'
    expect((await publish('news', hostile)).status).toBe(201)
    const item = page.locator('#events li', { hasText: hostile })
    await vi.waitFor(async () => expect(await item.locator('.via .seen').count()).toBe(3), 5_000)
    expect(await item.count()).toBe(1)
    expect(await page.locator('#events img').count()).toBe(0)
  })

  test('publishes with the token of its address', async () => {
    await page.getByLabel('Topic').selectOption('chat')
    await page.getByLabel('Text').fill('From the form')
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText(/Published as number \d+ of chat/).waitFor()
    await page.locator('#events li', { hasText: 'From the form' }).waitFor()
    if (process.env['SCREENSHOT']) await page.screenshot({ path: process.env['SCREENSHOT'], fullPage: true })
  })

  test('says so when it has no token', async () => {
    const other = await browser.newPage()
    await other.goto(demo.origin)
    await other.getByText('To publish, open the address that the terminal shows').waitFor()
    expect(await other.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
    await other.close()
  })

  test('meets no error', () => expect(problems).toEqual([]))
})

test('ends with all its processes, although a client still listens', async () => {
  const stream = await fetch(`${demo.streams[0]}/events?topic=news`)
  const started = Date.now()
  await demo.stop()
  expect(Date.now() - started).toBeLessThan(8_000)
  await stream.text()
  for (const url of [demo.origin, ...demo.streams]) await expect(fetch(`${url}/livez`)).rejects.toThrow()
})
