import { durableObjectHub, type DurableObjectHub } from '@holdfast/adapters/cloudflare'
import { contract, type Bindings } from './contract.ts'
import type { AnswerObject, FleetingObject } from './objects.ts'

export { AnswerObject, FleetingObject, RoomyObject, TightObject } from './objects.ts'

interface Env extends Bindings {
  FLEETING: DurableObjectNamespace<FleetingObject>
  ANSWERS: DurableObjectNamespace<AnswerObject>
}

const hubs = new Map<string, DurableObjectHub>()

function hubOf(env: Env, query: URLSearchParams): DurableObjectHub {
  const binding = (query.get('binding') ?? 'ROOMY') as keyof Env
  const mode = query.has('direct') ? 'direct' : 'hibernating'
  const name = `${binding} ${mode}`
  let hub = hubs.get(name)
  if (!hub) hubs.set(name, (hub = durableObjectHub(env[binding], { mode })))
  return hub
}

async function runCase(env: Env, name: string): Promise<Response> {
  const found = contract(env).find((each) => each.name === name)
  try {
    await found?.run()
    return Response.json({ found: found !== undefined })
  } catch (error) {
    return Response.json({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

async function answer(request: Request, env: Env): Promise<unknown> {
  const { pathname, searchParams: query } = new URL(request.url)
  const hub = hubOf(env, query)
  const topic = query.get('topic') ?? ''
  const identity = query.get('identity') ?? undefined
  switch (pathname) {
    case '/contract':
      return runCase(env, query.get('case') ?? '')
    case '/events': {
      const stream: Record<string, number> = {}
      for (const name of ['heartbeat', 'maxAge', 'retry']) if (query.has(name)) stream[name] = Number(query.get(name))
      return hub.respond(request, { topics: query.getAll('topic'), identity, stream })
    }
    case '/publish':
      return hub.publish(topic, (await request.json()) as { data: unknown }[], { key: query.get('key') ?? undefined })
    case '/count':
      return hub.count(topic)
    case '/end':
      return (await hub.end(topic)) ?? null
    case '/disconnect':
      return hub.disconnect({ topic: query.get('topic') ?? undefined, identity })
    case '/acknowledge':
      return hub.acknowledge(query.get('conn') ?? '', '')
    case '/stats':
      return hub.stats()
    case '/produce':
      return hub.produce(topic, await request.json(), { key: query.get('key') ?? undefined })
    case '/stop':
      return hub.stop(topic)
    case '/object': {
      const stub = env[(query.get('binding') ?? 'ROOMY') as 'ROOMY'].getByName(topic)
      const method = query.get('method') as 'instance' | 'stored' | 'attachments' | 'crash' | 'cutSockets'
      return stub[method]()
    }
    default:
      return new Response('No such path', { status: 404 })
  }
}

export default {
  async fetch(request, env) {
    try {
      const result = await answer(request, env)
      return result instanceof Response ? result : Response.json(result)
    } catch (error) {
      return Response.json({ code: (error as { code?: string }).code, error: String(error) }, { status: 500 })
    }
  },
} satisfies ExportedHandler<Env>
