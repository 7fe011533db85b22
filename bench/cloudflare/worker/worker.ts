import { durableObjectHub, HubObject } from '@holdfast/adapters/cloudflare'

export { HubObject }

interface Env {
  TOPICS: DurableObjectNamespace<HubObject>
}

const topic = 'bench'

/** Publishes one event after the other, `parallel` at a time. */
async function publish(env: Env, query: URLSearchParams): Promise<Response> {
  const number = (name: string): number => Number(query.get(name) ?? 1)
  const hub = durableObjectHub(env.TOPICS)
  const events = Array.from({ length: number('perTurn') }, () => ({ data: 'x'.repeat(100) }))
  const publisher = async (): Promise<void> => {
    for (let sent = 0; sent < number('count'); sent++) {
      await hub.publish(topic, events)
      if (query.has('pause')) await new Promise((resolve) => setTimeout(resolve, number('pause')))
    }
  }
  await Promise.all(Array.from({ length: number('parallel') }, publisher))
  return new Response('done')
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams: query } = new URL(request.url)
    if (pathname === '/publish') return publish(env, query)
    // The object's own part: its WebSockets lead past the Worker to the client.
    if (pathname === '/socket') return env.TOPICS.getByName(topic).fetch(request)
    const mode = query.get('mode') === 'direct' ? 'direct' : 'hibernating'
    return durableObjectHub(env.TOPICS, { mode }).respond(request, { topics: [topic] })
  },
} satisfies ExportedHandler<Env>
