import { brokerFromEnv } from '@holdfast/adapters/environment'
import { serve } from '@holdfast/adapters/deno'
import { runStandalone } from '@holdfast/demo'

await runStandalone(serve, brokerFromEnv, 'Deno')
