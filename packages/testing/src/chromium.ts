import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import { requireTool } from './require-tool.ts'
import { chromiumFlags } from './runtimes/chromium-flags.ts'

const tool = requireTool('chromium')

/** Whether browser tests must be skipped; in CI a missing Chromium has thrown by now. */
export const missing: boolean = tool === undefined

/** A suite's name, with the reason in it when it is skipped. */
export function named(name: string): string {
  return missing ? `${name} (skipped: Chromium is not installed)` : name
}

/** Start the machine's own Chromium. */
export function launchChromium(options: Pick<LaunchOptions, 'ignoreDefaultArgs'> = {}): Promise<Browser> {
  if (!tool) throw new Error('Chromium is not installed')
  return chromium.launch({ executablePath: tool, args: [...chromiumFlags], ...options })
}
