import { chromium } from 'playwright-core'
import { requireTool } from '../../require-tool.ts'
import { chromiumFlags } from '../../runtimes/chromium-flags.ts'
import type { Site } from '../site.ts'

/** Whether the example's own page, in Chromium, shows an event that `connect()` gets. */
export async function page(site: Site): Promise<string> {
  const executablePath = requireTool('chromium')
  if (executablePath === undefined) return 'not tried: no Chromium'
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
  try {
    const opened = await browser.newPage()
    const streaming = opened.waitForResponse((response) => response.url().endsWith('/rooms/lobby'))
    await opened.goto(site.url)
    await streaming
    await site.publish('lobby', 'for the page')
    await opened.getByText('for the page').waitFor({ timeout: 10_000 })
    return 'reads, in Chromium'
  } finally {
    await browser.close()
  }
}
