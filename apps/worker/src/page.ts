import type { DurableObjectHub } from '@holdfast/adapters/cloudflare'
import { isAuthorized, unauthorized } from '@holdfast/demo/authorized'
import type { PageConfig } from '@holdfast/demo/config'
import type { Auth } from '@holdfast/service'

/** What the page is told: here is no process that could be killed, and none that stays to publish a ticker. */
const config: PageConfig = {
  servers: [{ name: 'Cloudflare' }],
  topics: ['ticker', 'chat'],
  faults: ['close'],
  unplug: 'client',
  ticker: 'page',
}

/**
 * What the page needs beside the service: `GET /config.json`, and `POST /faults/0/close`, which ends all streams of the
 * ticker. Its files are assets, which do not reach the Worker.
 *
 * @returns undefined for any other request
 */
export async function page(
  request: Request,
  hub: DurableObjectHub,
  auth: Auth | 'none',
): Promise<Response | undefined> {
  const { pathname } = new URL(request.url)
  if (request.method === 'GET' && pathname === '/config.json') return Response.json(config)
  if (request.method !== 'POST' || pathname !== '/faults/0/close') return undefined
  if (!(await isAuthorized(request, auth))) return unauthorized()
  await hub.disconnect({ topic: 'ticker' })
  return new Response(null, { status: 204 })
}
