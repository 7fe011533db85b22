import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'

const configPath = fileURLToPath(new URL('./worker/wrangler.jsonc', import.meta.url))
const harness = createTestHarness({ workers: [{ configPath }] })
const { url } = await harness.listen()
console.log(`listening ${url.href}`)
