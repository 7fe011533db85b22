import { describe } from 'vitest'
import { examplesOf } from '../src/document-examples.ts'
import { requireTool } from '../src/index.ts'
import { proxyContract } from '../src/proxies/proxy-contract.ts'
import { startCaddy } from '../src/proxies/start.ts'

const [block = ''] = await examplesOf('proxies.md', 'caddy')
const path = requireTool('caddy')

describe.skipIf(!path)('Caddy', () => {
  proxyContract({ name: 'Caddy', path: path!, block, start: startCaddy, cutsQuiet: false })
})
