import { serve } from '@holdfast/adapters/node'
import { createHub } from '@holdfast/core/hub'
import { createService, hubOptionsFromEnv, optionsFromEnv } from '@holdfast/service'
import process from 'node:process'

const hub = createHub(hubOptionsFromEnv(process.env))
const service = createService({ hub, ...optionsFromEnv(process.env) })
const hostname = process.env['HOST'] ?? '127.0.0.1'
const server = await serve({ fetch: service.fetch, port: Number(process.env['PORT'] ?? 3000), hostname })
console.log(`listening ${server.url}`)

const stop = () => void server.close({ hub, within: 5_000 }).then(() => process.exit(0))
process.once('SIGTERM', stop).once('SIGINT', stop)
