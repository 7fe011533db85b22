import { durableObjectHub, HubObject, type HubNamespace } from '@holdfast/adapters/cloudflare'
import { createService } from '@holdfast/service'

export { HubObject }

interface Env {
  TOPICS: HubNamespace
}

const service = createService({
  hub: ({ env }) => durableObjectHub((env as Env).TOPICS),
  auth: 'none',
  publicTopics: ['news'],
})

export default { fetch: service.fetch }
