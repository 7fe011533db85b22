import { brokerFromEnv } from '@holdfast/adapters/environment'
import { serve } from '@holdfast/adapters/bun'
import { runStandalone } from '@holdfast/demo'

await runStandalone(serve, brokerFromEnv, 'Bun')
