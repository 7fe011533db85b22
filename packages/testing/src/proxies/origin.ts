import { serve } from '@holdfast/adapters/node'
import { createHub, type Hub } from '@holdfast/core/hub'
import { createService } from '@holdfast/service'

/** The server behind a proxy: a hub's service, with one topic that everybody may read. */
export interface Origin extends AsyncDisposable {
  readonly hub: Hub
  readonly port: number
  /** Why streams closed, in their order. */
  readonly closes: readonly string[]
}

export const topic = 'news'

/** Start it. Without a `heartbeat` nothing is written but events, so that nothing else pushes them through. */
export async function startOrigin({ heartbeat = 0 }: { heartbeat?: number } = {}): Promise<Origin> {
  const closes: string[] = []
  const hub = createHub({ stream: { heartbeat }, onClose: ({ reason }) => void closes.push(reason) })
  const service = createService({ hub, auth: 'none', publicTopics: [topic] })
  const server = await serve({ port: 0, hostname: '127.0.0.1', fetch: service.fetch })
  return {
    hub,
    port: Number(new URL(server.url).port),
    closes,
    [Symbol.asyncDispose]: () => server.close({ hub, within: 100 }),
  }
}
