import { brokerFromEnv } from '@holdfast/adapters/environment'
import { serve } from '@holdfast/adapters/node'
import { runStreamServer } from '@holdfast/demo'
import process from 'node:process'

await runStreamServer(serve, brokerFromEnv, { name: 'Node', version: process.versions.node })
