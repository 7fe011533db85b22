import { serve } from '@holdfast/adapters/deno'
import { run } from './run.ts'

await run(serve)
