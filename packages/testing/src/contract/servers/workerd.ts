import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'

// The harness serves workerd's own socket; `wrangler dev` would put a proxy Worker in between, which notices a client's
// FIN one write later still.
const configPath = fileURLToPath(new URL('./worker/wrangler.jsonc', import.meta.url))
const harness = createTestHarness({ workers: [{ configPath }] })
const { url } = await harness.listen()
console.log(`listening ${url.href}`)

process.once('SIGTERM', () => void harness.close())
