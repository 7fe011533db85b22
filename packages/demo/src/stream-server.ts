/** One of the demo's stream servers: a process of its own over the log that all of them share. */
import { createHub, type Hub } from '@holdfast/core/hub'
import { createService } from '@holdfast/service'
import process from 'node:process'
import { produce } from './answers/producer.ts'
import { readQuestion } from './answers/question.ts'
import { isAuthorized, unauthorized } from './authorized.ts'
import type { Vitals } from './config.ts'
import { demoOptions } from './options.ts'
import type { OpenBroker, Runtime, Serve } from './process.ts'

// Long enough to see that clients leave before it is over.
const drainWithin = 4_000
const endWithin = 300

/**
 * Run a stream server as its environment says, on a free port, which it prints. SIGTERM drains it. It ends with whoever
 * holds the other end of its standard input, however that one ends.
 *
 * @throws what the environment lacks, and what the log says
 */
export async function runStreamServer(serve: Serve, open: OpenBroker, { name, version }: Runtime): Promise<void> {
  const log = await open(process.env)
  const hub = createHub({ broker: log.broker })
  const options = demoOptions(process.env)
  const service = createService({ hub, ...options })
  const vitals = (): Vitals => ({
    runtime: `${name} ${version}`,
    engine: log.description,
    memory: process.memoryUsage().rss,
    subscribers: hub.stats().subscribers,
  })

  const own = async (request: Request): Promise<Response | undefined> => {
    const { pathname } = new URL(request.url)
    const isAnswer = request.method === 'PUT' && /^\/answers\/[\w-]{1,64}$/.test(pathname)
    if (!isAnswer && pathname !== '/vitals') return undefined
    if (!(await isAuthorized(request, options.auth))) return unauthorized()
    return isAnswer ? begin(hub, pathname.slice(1), request, name) : Response.json(vitals())
  }

  const fetch = async (request: Request): Promise<Response> => (await own(request)) ?? service.fetch(request)
  const server = await serve({ fetch, port: 0, hostname: '127.0.0.1' })
  const stop = (within: number): void => void server.close({ hub, within }).then(() => process.exit(0))
  process.once('SIGTERM', () => stop(drainWithin))
  // The terminal's Ctrl-C reaches every process of the group: the supervisor stops this one.
  process.on('SIGINT', () => {})
  process.stdin.once('end', () => stop(endWithin)).resume()
  console.log(`listening ${server.url}`)
}

async function begin(hub: Hub, topic: string, request: Request, by: string): Promise<Response> {
  const question = await readQuestion(request)
  if (question instanceof Response) return question
  produce(hub, topic, question.prompt, by)
  return new Response(null, { status: 202 })
}
