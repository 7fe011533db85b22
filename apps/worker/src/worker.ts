import { durableObjectHub, type DurableObjectHub } from '@holdfast/adapters/cloudflare'
import { createService, optionsFromEnv, type ServiceOptions } from '@holdfast/service'
import { answers } from './answers.ts'
import type { Env } from './env.ts'
import { page } from './page.ts'

export { TopicObject } from './topic-object.ts'

interface App {
  hub: DurableObjectHub
  auth: ServiceOptions['auth']
  service: ReturnType<typeof createService>
}

// Made at the first request, which brings the environment, and used by all of them: neither a hub over Durable Objects nor
// the service holds anything that belongs to one request.
let app: App | undefined

function createApp(env: Env): App {
  const options = optionsFromEnv(env)
  const hub = durableObjectHub(env.TOPICS, { mode: env.HOLDFAST_MODE })
  return { hub, auth: options.auth, service: createService({ hub, ...options }) }
}

export default {
  async fetch(request, env) {
    app ??= createApp(env)
    const { hub, auth, service } = app
    return (await page(request, hub, auth)) ?? (await answers(request, hub, auth)) ?? service.fetch(request)
  },
} satisfies ExportedHandler<Env>
