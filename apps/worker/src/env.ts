import type { HubNamespace } from '@holdfast/adapters/cloudflare'
import type { ServiceEnv } from '@holdfast/service'

/** The bindings of wrangler.jsonc, and the secrets. */
export interface Env extends ServiceEnv {
  TOPICS: HubNamespace
  HOLDFAST_MODE?: 'hibernating' | 'direct'
}
