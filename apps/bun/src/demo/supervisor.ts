/**
 * What `npm start` runs: the page, publishing and the faults in this process, and three stream servers in processes of
 * their own, each on another runtime and behind a relay, over one log. Everything listens on loopback only.
 */
import { createHub } from '@holdfast/core/hub'
import { loadPage, routeAnswers, startPublishing } from '@holdfast/demo'
import { type PageConfig, pageTopics, publicTopics } from '@holdfast/demo/config'
import { createService, secret } from '@holdfast/service'
import process from 'node:process'
import { AnswerDesk } from './answers.ts'
import { faults, routeFaults } from './faults.ts'
import { Fleet } from './fleet.ts'
import { listen, listenRelays } from './listen.ts'
import { openLog } from './log.ts'
import { runtimes } from './runtimes.ts'
import { StreamServer } from './stream-server.ts'
import { welcome } from './welcome.ts'

const token = process.env['HOLDFAST_TOKEN'] || randomToken()
const firstPort = Number(process.env['PORT'] || 3000)

const log = await openLog(process.env)
const hub = createHub({ broker: log.broker })
const auth = secret(token)
const service = createService({ hub, auth, publicTopics })
const relays = await listenRelays(firstPort)

const config: PageConfig = {
  servers: runtimes.map(({ name }, index) => ({ name, port: relays[index]?.port ?? 0 })),
  topics: [...pageTopics, 'servers'],
  faults,
  unplug: 'relay',
  ticker: 'server',
}
const page = await loadPage(config)
const desk = new AnswerDesk(hub, () => servers)
const answerParts = { hub, auth, begin: (topic: string, prompt: string) => desk.begin(topic, prompt) }
const server = await listen(
  async (request) =>
    (await page(request)) ??
    (await routeFaults(request, fleet, auth)) ??
    (await routeAnswers(request, answerParts)) ??
    service.fetch(request),
  firstPort,
)
const { port } = new URL(server.url)

const env = {
  ...log.env,
  HOLDFAST_TOKEN: token,
  HOLDFAST_CORS_ORIGINS: `http://localhost:${port},http://127.0.0.1:${port}`,
}
const started = relays.map(() => Promise.withResolvers<void>())
const servers = runtimes.map(({ name, command }, index): StreamServer => {
  const relay = relays[index] as (typeof relays)[number]
  const onRunning = (): void => {
    started[index]?.resolve()
    const running = servers[index]
    if (running) desk.remind(running).catch((error: unknown) => console.error(String(error)))
  }
  const onFailed = (): void => started[index]?.reject(new Error(`The stream server on ${name} did not start`))
  return new StreamServer({ name, command, env, relay, token, onRunning, onFailed, onChange: () => tell() })
})
const fleet = new Fleet(servers, hub)

// The launcher ends those that this process could not.
function tell(): void {
  queueMicrotask(() => {
    fleet.tell()
    process.send?.({ pids: servers.map(({ pid }) => pid) })
  })
}

const stopPublishing = startPublishing(hub)
let stopping: Promise<unknown> | undefined
function stop(status: number): void {
  stopPublishing()
  stopping ??= Promise.all([fleet.stop(), server.close({ hub, within: 500 })]).then(() => log.close())
  stopping.then(
    () => process.exit(status),
    () => process.exit(1),
  )
}
process.on('SIGINT', () => stop(0)).on('SIGTERM', () => stop(0))
// The launcher's end of the channel closes with it, however it ended.
process.once('disconnect', () => stop(0))

try {
  await Promise.all(started.map(({ promise }) => promise))
  const ports = relays.map((relay) => relay.port)
  if (stopping === undefined) console.log(welcome({ port: Number(port), ports, token, log: log.description }))
} catch (error) {
  if (stopping === undefined) console.error(String(error))
  stop(1)
}

function randomToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64url')
}
