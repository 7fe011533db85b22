import { serve } from '@holdfast/adapters/deno'
import { runService } from '@holdfast/service'
import process from 'node:process'

await runService(serve, process)
