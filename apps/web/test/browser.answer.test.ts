import type { Browser, Locator } from 'playwright-core'
import { wordsFor } from '@holdfast/demo/answers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import { type Demo, startDemo } from './demo.ts'
import { type OpenPage, openPage } from './page.ts'

const question = 'What holds a kelp to its rock?'
const whole = wordsFor(question).join('')

describe.skipIf(missing)(named('a streamed answer'), () => {
  let demo: Demo
  let browser: Browser
  let open: OpenPage
  beforeAll(async () => {
    demo = await startDemo()
    browser = await launchChromium()
    open = await openPage(browser, demo)
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const words = async (): Promise<number> => Number(/(\d+) words/.exec(await statusOf(open))?.[1] ?? 0)
  const statusOf = async ({ page }: OpenPage): Promise<string> =>
    (await page.locator('#answer .note').textContent()) ?? ''
  const writer = (): Promise<string | null> => open.page.locator('#answer').getAttribute('data-writer')

  /** The answer without what the page says in between. */
  function textOf(answer: Locator): Promise<string> {
    return answer.evaluate((element) => {
      const copy = element.cloneNode(true) as Element
      // Each mark is followed by a space of its own.
      for (const mark of copy.querySelectorAll('.taken-over')) {
        mark.nextSibling?.remove()
        mark.remove()
      }
      return copy.textContent
    })
  }

  async function askAndWait(count: number): Promise<void> {
    await open.page.getByRole('button', { name: 'Ask' }).click()
    // Until then the page shows how the answer before has ended.
    await expect.poll(writer).not.toBeNull()
    await expect.poll(words, { timeout: 20_000 }).toBeGreaterThanOrEqual(count)
  }

  test(
    'goes on in another server when the one that writes it crashes, at the same word',
    { timeout: 90_000 },
    async () => {
      await askAndWait(5)
      const first = await writer()
      await open.page
        .locator('.server', { hasText: first ?? '' })
        .getByRole('button', { name: 'Crash' })
        .click()
      await expect.poll(writer, { timeout: 30_000 }).not.toBe(first)
      await open.page.locator('.taken-over', { hasText: 'went on from here' }).waitFor()
      await expect.poll(() => statusOf(open), { timeout: 60_000 }).toMatch(/^Done/)
      expect(await textOf(open.page.locator('.answer'))).toBe(whole)
    },
  )

  test('is whole after a reload, and in a second tab', { timeout: 90_000 }, async () => {
    await askAndWait(5)
    const second = await open.page.context().newPage()
    await second.goto(demo.pageUrl)
    await open.page.reload()
    for (const page of [open.page, second]) {
      await expect.poll(() => page.locator('#answer .note').textContent(), { timeout: 60_000 }).toMatch(/^Done/)
      expect(await textOf(page.locator('.answer'))).toBe(whole)
    }
    await second.close()
  })

  test('is stopped, wherever it is written', { timeout: 60_000 }, async () => {
    await askAndWait(3)
    await open.page.getByRole('button', { name: 'Stop' }).click()
    await expect.poll(() => statusOf(open), { timeout: 20_000 }).toMatch(/^Done/)
    expect(whole.startsWith(await textOf(open.page.locator('.answer')))).toBe(true)
    expect(open.problems).toEqual([])
  })
})
