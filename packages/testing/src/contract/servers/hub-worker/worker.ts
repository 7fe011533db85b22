import { durableObjectHub, type HubNamespace, HubObject } from '@holdfast/adapters/cloudflare'
import { createFixture, type Fixture } from '../../fixture-app.ts'

export { HubObject }

interface Env {
  TOPICS: HubNamespace
}

// One isolate serves all requests of a test, so what the fixture notes is in one place, though streams and timers are not.
let fixture: Fixture | undefined

const worker = {
  fetch: (request: Request, env: Env): Promise<Response> => {
    fixture ??= createFixture((options) => durableObjectHub(env.TOPICS, options))
    return fixture.fetch(request)
  },
}
export default worker
