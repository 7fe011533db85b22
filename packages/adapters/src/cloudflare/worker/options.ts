import {
  callback,
  duration,
  having,
  type Rule,
  type Rules,
  type RulesOf,
  streamOptions,
  text,
} from '@holdfast/core/adapter'
import type { HubOptions } from '@holdfast/core/hub'

/** Options of {@link durableObjectHub}. */
export interface DurableObjectHubOptions extends Pick<
  HubOptions,
  'stream' | 'acknowledge' | 'onOpen' | 'onClose' | 'onError' | 'trace'
> {
  /**
   * Who writes the event streams. `hibernating` (default): the Worker, fed by WebSockets, and the objects cost nothing
   * while nothing is published. `direct`: the topic's object itself, for half the CPU a delivery, but it stays in memory
   * (about $4.15 a month) while a client is connected. Streams of several topics, with a `filter`, of an `identity`, or of
   * a client that acknowledges, are always fed. Of direct ones `onOpen`, `onClose`, `trace` and `stats` know nothing.
   */
  mode?: 'hibernating' | 'direct' | undefined
}

export const workerOptions: RulesOf<DurableObjectHubOptions> = {
  mode: ['hibernating', 'direct'],
  stream: streamOptions,
  acknowledge: { timeout: duration },
  onOpen: callback,
  onClose: callback,
  onError: callback,
  trace: callback,
}

export const aNamespace: Rule = having(
  'the binding of HubObject, such as env.TOPICS, which wrangler.jsonc names',
  'getByName',
)

export const aMatch: Rules = { identity: text, topic: text }

export const produceOptions: Rules = { key: text }
