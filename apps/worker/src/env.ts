import type { ServiceEnv } from '@holdfast/service'
import type { TopicObject } from './topic-object.ts'

/** The bindings of wrangler.jsonc, and the secrets. */
export interface Env extends ServiceEnv {
  TOPICS: DurableObjectNamespace<TopicObject>
  HOLDFAST_MODE?: 'hibernating' | 'direct'
}
