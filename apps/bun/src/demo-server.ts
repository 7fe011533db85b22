import { brokerFromEnv } from '@holdfast/adapters/environment'
import { serve } from '@holdfast/adapters/bun'
import { runStreamServer } from '@holdfast/demo'

await runStreamServer(serve, brokerFromEnv, { name: 'Bun', version: Bun.version })
