import { hostileContract } from '../src/client-contract/hostile/contract.ts'
import { chromium } from '../src/client-contract/runtimes.ts'
import { requireTool } from '../src/require-tool.ts'

const path = requireTool('chromium')
hostileContract('Chromium', path === undefined ? undefined : chromium(path))
