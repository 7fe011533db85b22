import { serve } from '@holdfast/adapters/deno'
import { brokerFromEnv } from '@holdfast/adapters/environment'
import { runService } from '@holdfast/service'
import process from 'node:process'

await runService(serve, process, brokerFromEnv)
