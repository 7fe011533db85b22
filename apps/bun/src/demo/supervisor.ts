/**
 * What `npm start` runs: the page and publishing in this process, and three stream servers in processes of their own, over
 * one log. Everything listens on loopback only.
 */
import { createHub } from '@holdfast/core/hub'
import { createService, secret } from '@holdfast/service'
import process from 'node:process'
import { listen } from './listen.ts'
import { openLog } from './log.ts'
import { createMachineSampler } from './machine.ts'
import { loadPage, type PageConfig } from './page.ts'
import { createRates } from './rates.ts'
import { startStreamServer } from './stream-servers.ts'
import { welcome } from './welcome.ts'

const topics = ['system', 'news', 'chat'] as const
const token = process.env['HOLDFAST_TOKEN'] || randomToken()
const firstPort = Number(process.env['PORT'] || 3000)

const log = await openLog(process.env)
const hub = createHub({ broker: log.broker })
const service = createService({ hub, auth: secret(token), publicTopics: topics })

// The page is asked for its servers' ports, which are known later: they in turn must know the page's origin.
const config = Promise.withResolvers<PageConfig>()
const page = await loadPage(config.promise)
const server = await listen((request) => page(request) ?? service.fetch(request), firstPort)
const { port } = new URL(server.url)

const env = {
  ...log.env,
  HOLDFAST_TOKEN: token,
  HOLDFAST_PUBLIC_TOPICS: topics.join(','),
  HOLDFAST_CORS_ORIGINS: `http://localhost:${port},http://127.0.0.1:${port}`,
}
// With port 0 every server picks its own free port.
const portOf = (number: number) => (firstPort === 0 ? 0 : firstPort + number)
const streamServers = [1, 2, 3].map((number) => startStreamServer({ port: portOf(number), env }))

let stopping: Promise<unknown> | undefined
function stop(status: number): void {
  clearInterval(sampling)
  const all = [...streamServers.map((each) => each.stop()), server.close({ hub, within: 500 })]
  stopping ??= Promise.all(all).then(() => log.close())
  stopping.then(
    () => process.exit(status),
    () => process.exit(1),
  )
}

const lookAtMachine = createMachineSampler()
const rates = createRates()
const sampling = setInterval(() => {
  const sample = { ...lookAtMachine(), ...rates(streamServers.map((each) => each.traffic())) }
  hub.publish('system', { data: { time: Date.now(), ...sample } }).catch(console.error)
}, 1000)

process.on('SIGINT', () => stop(0)).on('SIGTERM', () => stop(0))
// The launcher's end of the channel closes with it, however it ended.
process.once('disconnect', () => stop(0))

try {
  const ports = await Promise.all(streamServers.map((each) => each.port))
  config.resolve({ ports, topics })
  if (stopping === undefined) console.log(welcome({ port: Number(port), ports, token, log: log.description }))
} catch (error) {
  if (stopping === undefined) console.error(String(error))
  stop(1)
}

function randomToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64url')
}
