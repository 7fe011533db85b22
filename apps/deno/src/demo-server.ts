import { brokerFromEnv } from '@holdfast/adapters/environment'
import { serve } from '@holdfast/adapters/deno'
import { runStreamServer } from '@holdfast/demo'
import process from 'node:process'

await runStreamServer(serve, brokerFromEnv, { name: 'Deno', version: process.versions['deno'] ?? '' })
