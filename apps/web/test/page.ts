import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Demo } from './demo.ts'

/** The page of the demo, open in a browser. */
export interface OpenPage {
  page: Page
  /** What it complained of. */
  problems: string[]
  /** A counter of the page itself, or of a row of the comparison. */
  counter(name: string, client?: string): Promise<string>
  /** The card of the server that carries the events. */
  carrier(): Locator
  close(): Promise<void>
}

// What the browser itself says of a connection that broke: here they are broken on purpose.
const ofTheNetwork = /^Failed to load resource: (net::|the server responded with a status of 503)/

/** Open it, and wait until events come. */
export async function openPage(
  browser: Browser,
  demo: Pick<Demo, 'pageUrl'>,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !ofTheNetwork.test(message.text())) problems.push(message.text())
  })
  await page.goto(demo.pageUrl)
  const carrier = (): Locator => page.locator('.server[data-role=carries]')
  await carrier().waitFor()
  return {
    page,
    problems,
    carrier,
    counter: async (name, client) => {
      const of = client === undefined ? '.page-panel' : `[data-client=${client}]`
      return (await page.locator(`${of} [data-counter=${name}]`).textContent()) ?? ''
    },
    close: () => context.close(),
  }
}

/** Wait until so many more events have come. */
export async function receiveMore({ counter }: OpenPage, count: number): Promise<void> {
  const received = async (): Promise<number> => Number((await counter('received')).replace(/\D/g, ''))
  const before = await received()
  await expect.poll(received, { timeout: 20_000, interval: 100 }).toBeGreaterThanOrEqual(before + count)
}

/** The lines of the log that came since {@link forgetLog}. */
export function newLines({ page }: OpenPage, text: string | RegExp): Locator {
  return page.locator('.log-list li:not([data-old])', { hasText: text })
}

/** Wait until a new line of the log says so. */
export async function logged(open: OpenPage, text: string | RegExp, timeout = 20_000): Promise<void> {
  await newLines(open, text).first().waitFor({ timeout })
}

/** What the log says by now is of what was done before. */
export async function forgetLog({ page }: OpenPage): Promise<void> {
  await page.evaluate(() => {
    for (const line of document.querySelectorAll<HTMLElement>('.log-list li')) line.dataset['old'] = ''
  })
}

/** Make all as it was, and wait until all servers are there. */
export async function mend({ page }: OpenPage, demo: Demo): Promise<void> {
  await ask(demo, 'POST', '/faults/mend')
  await expect.poll(() => page.locator('.server[data-process=running]').count(), { timeout: 30_000 }).toBe(3)
}

/** Send a request to the demo's own server, with its token. */
export function ask(demo: Demo, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(demo.origin + path, {
    method,
    headers: { authorization: `Bearer ${demo.token}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
}
