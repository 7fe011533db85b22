import type { StreamClose } from '@holdfast/core'
import { type Broker, createHub, type HubOptions, type RespondOptions, type StreamInfo } from '@holdfast/core/hub'
import { DurableObjectBroker } from './broker.ts'
import type { IsolateStats } from './isolate-stats.ts'
import type { HubNamespace } from './namespace.ts'

/** What the streams of one isolate share. */
export interface FedStreams {
  namespace: HubNamespace
  hub: HubOptions
  isolate: IsolateStats
}

/**
 * Answer with an event stream that is fed by a WebSocket to each topic's object. It has a hub to itself, since nothing may
 * be shared between requests.
 *
 * @param acknowledges - the client asked to: its signs of life come through the object of its connection
 */
export async function respondFed(
  request: Request,
  options: RespondOptions,
  acknowledges: boolean,
  { namespace, hub: hubOptions, isolate }: FedStreams,
): Promise<Response> {
  let isDisconnected = false
  const disconnect = (): void => {
    isDisconnected = true
    // The one stream of this hub.
    void hub.disconnect({ topic: options.topics[0] })
  }
  const subscriber = { kind: 'stream', identity: options.identity } as const
  const broker = new DurableObjectBroker(namespace, { subscriber, onDisconnect: disconnect })
  const onClose = (close: StreamClose & StreamInfo): void => {
    isolate.close(hub)
    void broker.close()
    hubOptions.onClose?.(close)
  }
  const hub = createHub({ ...hubOptions, broker: acknowledges ? broker : withoutSignals(broker), onClose })
  try {
    if (options.identity !== undefined) await broker.listenFor(options.identity)
    const response = await hub.respond(request, options)
    if (hub.stats().subscribers > 0) isolate.open(hub)
    else await broker.close()
    // It could be told before it was there.
    if (isDisconnected) disconnect()
    return response
  } catch (error) {
    await broker.close()
    throw error
  }
}

// A line to a hub costs an object: only streams that are acknowledged need one.
function withoutSignals(broker: DurableObjectBroker): Broker {
  const { publish, read, subscribe, close } = broker
  return { publish, read, subscribe, close }
}
