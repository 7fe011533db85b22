import { brokerFromEnv } from '@holdfast/adapters/environment'
import { serve } from '@holdfast/adapters/node'
import { runStandalone } from '@holdfast/demo'

await runStandalone(serve, brokerFromEnv, 'Node')
