import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import { type Demo, startDemo } from './demo.ts'
import { findNameless, findPale, overflowOf } from './inspect.ts'
import { logged, type OpenPage, openPage } from './page.ts'

const phone = { viewport: { width: 375, height: 812 } }

describe.skipIf(missing)(named('the page for everybody'), () => {
  let demo: Demo
  let browser: Browser
  beforeAll(async () => {
    demo = await startDemo()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  /** Show all that can be shown. */
  async function unfold({ page }: OpenPage): Promise<void> {
    for (const summary of await page.locator('main > * summary, main > summary').all()) {
      if (await summary.isVisible()) await summary.click()
    }
    await page.locator('[data-client=list] [data-counter=received]', { hasText: /[1-9]/ }).waitFor()
    await page.locator('[data-row=load]', { hasText: '%' }).first().waitFor()
  }

  test.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { ...phone, colorScheme: 'dark' }],
  ] as const)('%s: all has a name, and stands out from what is behind it', async (_, options) => {
    await using open = disposable(await openPage(browser, demo, options))
    await unfold(open)
    expect(await findNameless(open.page)).toEqual([])
    expect(await findPale(open.page)).toEqual([])
    expect(open.problems).toEqual([])
  })

  test.each([320, 375, 768])('has no sideways scroll at %i px', async (width) => {
    await using open = disposable(await openPage(browser, demo, { viewport: { width, height: 800 } }))
    await unfold(open)
    expect(await overflowOf(open.page)).toBe(0)
  })

  test('breaks and mends by keyboard alone, and says aloud what happened', async () => {
    await using open = disposable(await openPage(browser, demo))
    const { page } = open
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')
    for (let presses = 0; presses < 40 && (await focused()) !== 'Crash the server in use'; presses++) {
      await page.keyboard.press('Tab')
    }
    expect(await focused()).toBe('Crash the server in use')
    expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
      'solid',
    )
    await page.keyboard.press('Enter')
    await logged(open, 'You crashed')
    await expect.poll(() => page.locator('.log [role=status]').textContent(), { timeout: 10_000 }).not.toBe('')
  })

  test('speaks Chinese to who reads Chinese, and says so', async () => {
    await using open = disposable(await openPage(browser, demo, { locale: 'zh-CN' }))
    expect(await open.page.locator('html').getAttribute('lang')).toBe('zh')
    expect(await open.page.locator('h1').textContent()).toContain('事件流照常继续')
    await open.page.getByRole('button', { name: '让正在使用的服务器崩溃' }).click()
    await logged(open, /你让 \w+ 崩溃/)
    expect(await open.page.locator('main').textContent()).not.toMatch(/\b(lost|received|Asking|Lost)\b/)
  })

  test('moves nothing for who wants no motion', async () => {
    await using open = disposable(await openPage(browser, demo, { reducedMotion: 'reduce' }))
    const moving = await open.page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
    )
    expect(moving).toBe(0)
  })

  test('tells servers apart without colour: each state has a shape and a word', async () => {
    await using open = disposable(await openPage(browser, demo))
    const { page } = open
    const carried = await page.locator('.shape[data-role=carries]').getAttribute('d')
    expect(await page.locator('.server[data-role=carries] .role').textContent()).toBe('carries the events')
    await page.getByRole('button', { name: 'Crash the server in use' }).click()
    // In one look: it is started again at once.
    const lost = await page.waitForFunction(() => document.querySelector('.shape[data-role=lost]')?.getAttribute('d'))
    expect(await lost.jsonValue()).not.toBe(carried)
  })
})

function disposable(open: OpenPage): OpenPage & AsyncDisposable {
  return { ...open, [Symbol.asyncDispose]: () => open.close() }
}
