import { serve } from '@holdfast/adapters/bun'
import { run } from './run.ts'

await run(serve)
