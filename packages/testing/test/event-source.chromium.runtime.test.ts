import { describe, it } from 'vitest'
import { judge, runPage } from '../src/event-source/contract.ts'
import { chromiumsOwn, everywhere } from '../src/event-source/limits.ts'
import { requireTool } from '../src/require-tool.ts'

const path = requireTool('chromium')

describe.skipIf(!path)('EventSource: Chromium', () => {
  it('does as the standard says, but for declared limits', async () => {
    judge('Chromium', everywhere, await runPage(path as string, 'ours'))
  })

  it('does the same in a worker', async () => {
    judge("Chromium's worker", everywhere, await runPage(path as string, 'worker'))
  })

  it("is examined by a suite that the browser's own class passes, but for its known faults", async () => {
    judge("Chromium's own", chromiumsOwn, await runPage(path as string, 'native'))
  })
})
