import { launch, type LaunchedServer, workspaceRoot } from '@holdfast/testing'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logged, openPage, receiveMore } from './page.ts'

const token = 'a-secret-of-the-test'
const env = { HOLDFAST_TOKEN: token, HOLDFAST_DATA: 'memory', PORT: '0' }
const app = (script: string): Promise<LaunchedServer> =>
  launch({ command: 'npm', args: ['run', '--silent', script], env })
const worker = (): Promise<LaunchedServer> =>
  launch({
    command: 'wrangler',
    args: ['dev', '--port', '0', '--var', `HOLDFAST_TOKEN:${token}`],
    cwd: `${workspaceRoot}apps/worker`,
    ready: /Ready on (http:\S+)/,
    within: 60_000,
  })

/** Where the page is shown by one server alone. */
const places: { name: string; start(): Promise<LaunchedServer> }[] = [
  { name: 'Node', start: () => app('demo:node') },
  { name: 'Bun', start: () => app('demo:bun') },
  { name: 'Deno', start: () => app('demo:deno') },
  { name: 'Cloudflare', start: worker },
]

describe.skipIf(missing)(named('the page of one server'), () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  test.each(places)(
    '$name: is unplugged, comes back, and has lost nothing',
    { timeout: 120_000 },
    async ({ name, start }) => {
      await using server = await start()
      const open = await openPage(browser, { pageUrl: `${server.url}/#token=${token}` })
      expect(await open.page.locator('.server h3').allTextContents()).toEqual([name])
      await receiveMore(open, 10)
      await open.page.getByRole('button', { name: 'Unplug this page' }).click()
      await expect.poll(() => open.counter('recovery'), { timeout: 10_000 }).toMatch(/^out for/)
      await open.page.getByRole('button', { name: 'Plug it in again' }).click()
      await expect.poll(() => open.counter('recovery'), { timeout: 30_000 }).toMatch(/^back after/)
      const close = open.page.getByRole('button', { name: 'Close streams' })
      if ((await close.count()) > 0) {
        await close.click()
        await logged(open, `Lost ${name}`)
        await open.carrier().waitFor()
      }
      await open.page.getByLabel('Message').fill('Hello')
      await open.page.getByLabel('Message').press('Enter')
      await open.page.locator('.messages li', { hasText: 'Hello' }).waitFor()
      await open.page.getByRole('button', { name: 'Ask' }).click()
      await expect.poll(() => open.page.locator('#answer').getAttribute('data-writer'), { timeout: 20_000 }).toBe(name)
      await receiveMore(open, 10)
      expect([await open.counter('lost'), await open.counter('repeated'), open.problems]).toEqual(['0', '0', []])
      await open.close()
    },
  )
})
