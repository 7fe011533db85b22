import { durableObjectHub, type HubNamespace, HubObject } from '@holdfast/adapters/cloudflare'

export { HubObject }

/** Where `instrument.ts` lets functions note their files. Worker and object share one isolate, and so this. */
const noted = globalThis as { __calledFiles?: Set<string> }

/** GET /events is a stream, POST /publish an event in it, and GET /called tells which files were called since the last time. */
const worker = {
  async fetch(request: Request, env: { TOPICS: HubNamespace }): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/called') {
      const files = [...(noted.__calledFiles ?? [])]
      noted.__calledFiles = new Set()
      return Response.json(files)
    }
    const hub = durableObjectHub(env.TOPICS)
    if (pathname === '/events') return hub.respond(request, { topics: ['news'] })
    return Response.json(await hub.publish('news', { data: await request.text() }))
  },
}
export default worker
