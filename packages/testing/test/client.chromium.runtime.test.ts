import { clientContract } from '../src/client-contract/contract.ts'
import { chromium } from '../src/client-contract/runtimes.ts'
import { requireTool } from '../src/require-tool.ts'

const path = requireTool('chromium')
clientContract('Chromium', path === undefined ? undefined : chromium(path))
