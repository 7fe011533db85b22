// `npm run screenshots`: the pictures of docs/images, taken of the demo as it runs.
import type { Browser, CDPSession, Page } from 'playwright-core'
import { mkdir, writeFile } from 'node:fs/promises'
import { launchChromium } from '@holdfast/testing/chromium'
import { startDemo } from './demo.ts'
import { type OpenPage, openPage } from './page.ts'

const folder = new URL('../../../docs/images/', import.meta.url)
const desktop = { width: 1200, height: 780 }
const phone = { width: 375, height: 812 }

interface Clip {
  x: number
  y: number
  width: number
  height: number
}

/** Keep what a page shows, small: a picture in a README is looked at by people with slow lines, too. */
async function keep(page: Page, name: string, clip: Clip, scale = 1.5): Promise<string> {
  const session: CDPSession = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: 45,
    clip: { ...clip, scale },
    captureBeyondViewport: true,
  })
  await session.detach()
  const bytes = Buffer.from(data, 'base64')
  await writeFile(new URL(`${name}.webp`, folder), bytes)
  console.log(`${name}.webp ${(bytes.length / 1_000).toFixed(1)} KB`)
  return data
}

/** Some faults with the comparison open, so that there is something to see. */
async function live(open: OpenPage): Promise<void> {
  const { page } = open
  await page.getByText('Compare with EventSource').click()
  await page.waitForTimeout(12_000)
  for (const fault of ['Crash', 'Freeze']) {
    // The native one reads from Node.
    const carrier = (await open.carrier().locator('h3').textContent()) ?? ''
    for (const name of new Set(['Node', carrier])) {
      await page.locator('.server', { hasText: name }).getByRole('button', { name: fault }).click()
    }
    await page.waitForTimeout(8_000)
  }
}

async function ofThePage(browser: Browser, demo: Awaited<ReturnType<typeof startDemo>>): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    const open = await openPage(browser, demo, { viewport: desktop, colorScheme })
    await live(open)
    await keep(open.page, `page-${colorScheme}`, { x: 0, y: 0, width: desktop.width, height: 1_140 }, 1)
    await open.close()
    await mend(demo)
  }
  const open = await openPage(browser, demo, { viewport: phone })
  await open.page.waitForTimeout(20_000)
  await keep(open.page, 'page-phone', { x: 0, y: 0, ...phone })
  await open.close()
}

/** A switch in four frames: before, lost, on its way, after; and all of them in one picture. */
async function ofASwitch(browser: Browser, demo: Awaited<ReturnType<typeof startDemo>>): Promise<void> {
  const open = await openPage(browser, demo, { viewport: desktop })
  const { page } = open
  await page.waitForTimeout(10_000)
  const box = await page.locator('.stage').boundingBox()
  if (!box) throw new Error('The page has no stage')
  const clip = { x: box.x - 16, y: box.y - 16, width: box.width + 32, height: box.height + 32 }
  const name = (await open.carrier().locator('h3').textContent()) ?? ''
  const frames = [await keep(page, 'switch-1', clip, 1)]
  await page.getByRole('button', { name: 'Crash the server in use' }).click()
  await page.locator('.lines:not(.carried)').waitFor({ state: 'attached' })
  frames.push(await keep(page, 'switch-2', clip, 1))
  await page.locator(`.server[data-role=carries]:not(:has-text("${name}"))`).waitFor()
  await page.waitForTimeout(150)
  frames.push(await keep(page, 'switch-3', clip, 1))
  await page.getByText(/^(back after|not felt)/).waitFor()
  await page.waitForTimeout(1_500)
  frames.push(await keep(page, 'switch-4', clip, 1))
  await together(page, frames, clip)
  await open.close()
}

async function together(page: Page, frames: readonly string[], { width, height }: Clip): Promise<void> {
  const scale = 0.5
  const sheet = await page.context().newPage()
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
  await sheet.setViewportSize({ width: 2 * w, height: 2 * h })
  const images = frames.map((data) => `<img width="${w}" height="${h}" src="data:image/webp;base64,${data}">`)
  await sheet.setContent(`<body style="margin:0;display:grid;grid-template-columns:1fr 1fr">${images.join('')}`)
  await keep(sheet, 'switch', { x: 0, y: 0, width: 2 * w, height: 2 * h })
  await sheet.close()
}

async function mend({ origin, token }: Awaited<ReturnType<typeof startDemo>>): Promise<void> {
  await fetch(`${origin}/faults/mend`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
}

await mkdir(folder, { recursive: true })
const demo = await startDemo(3_000)
const browser = await launchChromium()
try {
  await ofASwitch(browser, demo)
  await ofThePage(browser, demo)
} finally {
  await browser.close()
  await demo.stop()
}
