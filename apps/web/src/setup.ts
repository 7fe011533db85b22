import type { Fault, PageConfig } from '@holdfast/demo/config'

/** A server as the page knows it. */
export interface Server {
  index: number
  name: string
  /** Its origin. */
  origin: string
  /** `localhost:3001` */
  host: string
}

/** What the page talks to, and may do. */
export interface Setup {
  servers: readonly Server[]
  topics: readonly string[]
  faults: readonly Fault[]
  unplug: PageConfig['unplug']
  /** The page publishes the ticker itself, and counts only its own ticks, which have this for their `run`. */
  ownRun: string | undefined
  /** Empty where the address has none: then the page can only look on. */
  token: string
}

/** Ask the server what this page is to show. @throws {Error} it does not say */
export async function loadSetup(): Promise<Setup> {
  const response = await fetch('/config.json')
  if (!response.ok) throw new Error(`Cannot load the configuration: ${response.status}`)
  const { servers, ticker, topics, faults, unplug } = (await response.json()) as PageConfig
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
  const ownRun = ticker === 'page' && token !== '' ? crypto.randomUUID().slice(0, 8) : undefined
  return { topics, faults, unplug, token, ownRun, servers: servers.map(toServer) }
}

/** Where a server has the stream of these topics. */
export function eventsAt({ origin }: Server, topics: readonly string[]): string {
  const query = new URLSearchParams(topics.map((topic) => ['topic', topic]))
  return `${origin}/events?${query.toString()}`
}

/** Send a request to the page's own server, with its token. @throws {Error} it refuses */
export async function ask(setup: Setup, method: string, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${setup.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (response.ok) return response
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string }
  throw new Error(problem.detail ?? problem.title ?? String(response.status))
}

function toServer({ name, port }: PageConfig['servers'][number], index: number): Server {
  const origin = port === undefined ? location.origin : `http://${location.hostname}:${port}`
  return { index, name, origin, host: new URL(origin).host }
}
