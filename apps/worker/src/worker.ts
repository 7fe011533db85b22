import { createHub } from '@holdfast/core/hub'
import { createService, hubOptionsFromEnv, optionsFromEnv, type ServiceEnv } from '@holdfast/service'
import { DurableObject } from 'cloudflare:workers'

interface Env extends ServiceEnv {
  SERVICE: DurableObjectNamespace<ServiceObject>
}

/**
 * The whole service in one object. A Worker's requests can't share streams or timers with each other, but those of one
 * Durable Object can.
 */
export class ServiceObject extends DurableObject<Env> {
  readonly #service: ReturnType<typeof createService>

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    // The edge cuts a connection that is quiet for about 100 s, and workerd finds a closed client only by writing.
    const hub = createHub({ ...hubOptionsFromEnv(env), stream: { heartbeat: 25_000 } })
    this.#service = createService({ hub, ...optionsFromEnv(env) })
  }

  override async fetch(request: Request): Promise<Response> {
    return this.#service.fetch(request)
  }
}

export default {
  fetch: (request, env) => env.SERVICE.getByName('service').fetch(request),
} satisfies ExportedHandler<Env>
