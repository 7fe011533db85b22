import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'

// Two workerd processes: the harness puts a proxy Worker in front, as `wrangler dev` does. So a client's FIN or RST is
// noticed a write later than workerd itself would, and what a stalled client does not read fills two sockets.
const folder = process.argv[2] ?? 'worker'
const configPath = fileURLToPath(new URL(`./${folder}/wrangler.jsonc`, import.meta.url))
const harness = createTestHarness({ workers: [{ configPath }] })
const { url } = await harness.listen()
console.log(`listening ${url.href}`)

process.once('SIGTERM', () => void harness.close())
