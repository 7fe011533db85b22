import { serve } from '@holdfast/adapters/node'
import { runService } from '@holdfast/service'
import process from 'node:process'

await runService(serve, process)
