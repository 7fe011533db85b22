import { serve } from '@holdfast/adapters/bun'
import { runService } from '@holdfast/service'
import process from 'node:process'

await runService(serve, process)
