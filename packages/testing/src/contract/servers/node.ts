import { serve } from '@holdfast/adapters/node'
import { run } from './run.ts'

await run(serve)
