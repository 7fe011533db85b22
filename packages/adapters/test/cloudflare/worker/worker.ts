import { durableObjectHub, type DurableObjectHub } from '@holdfast/adapters/cloudflare'
import { contract, type Bindings } from './contract.ts'
import { type AnswerObject, type FleetingObject, said, type Words } from './objects.ts'

export {
  AnswerObject,
  FleetingObject,
  ForsakenObject,
  PatientObject,
  RoomyObject,
  SlowObject,
  TightObject,
} from './objects.ts'

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
  if (!hub) hubs.set(name, (hub = durableObjectHub(env[binding], { mode, acknowledge: { timeout: 2_000 } })))
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

interface Asked {
  request: Request
  env: Env
  hub: DurableObjectHub
  query: URLSearchParams
  topic: string
  identity: string | undefined
  key: string | undefined
}

const paths: Record<string, (asked: Asked) => Promise<unknown>> = {
  '/contract': ({ env, query }) => runCase(env, query.get('case') ?? ''),
  '/events': ({ request, hub, query, identity }) => {
    const stream: Record<string, number> = {}
    for (const name of ['heartbeat', 'maxAge', 'retry', 'status'])
      if (query.has(name)) stream[name] = Number(query.get(name))
    const expiresAt = query.has('expiresAt') ? Number(query.get('expiresAt')) : undefined
    const headers = { 'x-tag': query.get('tag') ?? '' }
    return hub.respond(request, { topics: query.getAll('topic'), identity, expiresAt, stream: { ...stream, headers } })
  },
  '/publish': async ({ request, hub, topic, key }) =>
    hub.publish(topic, await request.json<{ data: unknown }[]>(), { key }),
  '/count': ({ hub, topic }) => hub.count(topic),
  '/end': async ({ hub, topic }) => (await hub.end(topic)) ?? null,
  '/disconnect': ({ hub, query, identity }) => hub.disconnect({ topic: query.get('topic') ?? undefined, identity }),
  '/acknowledge': ({ hub, query }) => hub.acknowledge(query.get('conn') ?? '', ''),
  '/stats': async ({ hub }) => hub.stats(),
  '/produce': async ({ request, hub, topic, key }) => hub.produce(topic, await request.json(), { key }),
  '/run': async ({ request, hub, query, topic, key }) => {
    const { words, every } = await request.json<Words>()
    const linger = query.has('linger') ? Number(query.get('linger')) : undefined
    return hub.run(topic, said(words, every), { key, linger })
  },
  '/status': ({ hub, topic }) => hub.status(topic),
  '/read': ({ hub, topic, query }) => hub.read(topic, { limit: Number(query.get('limit')) }),
  '/stop': async ({ hub, topic }) => (await hub.stop(topic)) ?? null,
  '/object': ({ env, query, topic }) => {
    const stub = env[(query.get('binding') ?? 'ROOMY') as 'ROOMY'].getByName(topic)
    return stub[
      query.get('method') as
        | 'instance'
        | 'stored'
        | 'attachments'
        | 'forgetSignsOfLife'
        | 'cutOneAndPublish'
        | 'spoilFirst'
        | 'crash'
    ]()
  },
}

async function answer(request: Request, env: Env): Promise<unknown> {
  const { pathname, searchParams: query } = new URL(request.url)
  const optional = (name: string): string | undefined => query.get(name) ?? undefined
  const asked = {
    request,
    env,
    query,
    hub: hubOf(env, query),
    topic: query.get('topic') ?? '',
    identity: optional('identity'),
    key: optional('key'),
  }
  return (await paths[pathname]?.(asked)) ?? null
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
