/**
 * One of the demo's stream servers: a process of its own over the log that all of them share. Its IPC channel closes with
 * the supervisor, however that ended, so this process can't outlive it.
 */
import { brokerFromEnv } from '@holdfast/adapters/environment'
import { createHub } from '@holdfast/core/hub'
import { createService, optionsFromEnv } from '@holdfast/service'
import process from 'node:process'
import { listen } from './listen.ts'
import type { Down, Up } from './messages.ts'

const send = (message: Up) => void (process.connected && process.send?.(message))
const log = await brokerFromEnv(process.env)
const hub = createHub({ broker: log.broker })
const service = createService({ hub, ...optionsFromEnv(process.env) })

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  await server.close({ hub, within: 500 })
  await log.close()
  process.exit(0)
}

process.on('message', (message: Down) => {
  if (message.kind === 'stop') void stop()
})
process.once('disconnect', () => process.exit(0))
process.once('SIGTERM', () => void stop())
// The terminal's Ctrl-C reaches every process of the group: the supervisor stops this one.
process.on('SIGINT', () => {})

const server = await listen(service.fetch, Number(process.env['PORT']))
send({ kind: 'listening', port: Number(new URL(server.url).port) })

setInterval(() => {
  const { subscribers, delivered, bytes } = hub.stats()
  send({ kind: 'traffic', traffic: { subscribers, events: delivered, bytes } })
}, 1000)
