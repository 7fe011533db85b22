import {
  connect,
  ConnectionError,
  type ConnectionGap,
  type EventConnection,
  type PositionStore,
} from '@holdfast/core/client'
import { hostileRun, runHostile } from './hostile/run.ts'
import type { FeedPlan, FeedReport, FeedStatus, Numbered } from './plan.ts'

/** The client under test: runs everywhere, asks the driver for its plan, and reports to it. */
export async function runClient(control: string, run: string): Promise<void> {
  if (run === hostileRun) return runHostile(control)
  const response = await fetch(`${control}/plan?run=${run}`)
  const plans = (await response.json()) as FeedPlan[]
  await Promise.all(plans.map(async (plan) => post(control, 'report', await follow(control, plan))))
}

async function follow(control: string, plan: FeedPlan): Promise<FeedReport> {
  const report: FeedReport = {
    name: plan.name,
    events: [],
    gaps: [],
    end: 'done',
    closeReason: undefined,
    lastEventId: '',
  }
  const abort = new AbortController()
  const connection = open(control, plan, abort.signal, (gap) => report.gaps.push(gap))
  const told = tellStatuses(control, plan.name, connection)
  try {
    for await (const event of connection) {
      const { n, at } = event.json<Numbered>()
      const count = report.events.push({ n, topic: event.topic, publishedAt: at, arrivedAt: Date.now() })
      if (count === plan.abortAfter) abort.abort(new Error('aborted on purpose'))
      if (count !== plan.breakAfter) continue
      report.end = 'broken'
      break
    }
  } catch (error) {
    report.end = error instanceof ConnectionError ? error.code : String(error)
  }
  report.lastEventId = connection.lastEventId
  if (connection.status.state === 'closed') report.closeReason = connection.status.reason
  await told()
  return report
}

function open(
  control: string,
  plan: FeedPlan,
  signal: AbortSignal,
  onGap: (gap: ConnectionGap) => void,
): EventConnection {
  const { endpoints, redundancy, method, body, resumeUrl, lastEventId, store } = plan
  return connect(endpoints, {
    redundancy,
    method,
    body,
    resumeUrl,
    lastEventId,
    store: store === undefined ? undefined : remoteStore(control, store),
    signal,
    onGap,
  })
}

// Where a browser would take its localStorage and a server its database: one that all runtimes have.
function remoteStore(control: string, name: string): PositionStore {
  const url = `${control}/store?name=${name}`
  return {
    get: async () => (await fetch(url)).text(),
    set: async (lastEventId) => void (await (await fetch(url, { method: 'POST', body: lastEventId })).text()),
  }
}

/** Tell the driver each status. @returns waits until all were told */
function tellStatuses(control: string, name: string, connection: EventConnection): () => Promise<void> {
  const posts: Promise<void>[] = []
  connection.onStatus((status) => {
    // Errors are no JSON.
    const shown = Object.fromEntries(
      Object.entries(status).filter(([, value]) => typeof value !== 'object'),
    ) as unknown as FeedStatus['status']
    posts.push(post(control, 'status', { name, sequence: posts.length, at: Date.now(), status: shown }))
  })
  return async () => void (await Promise.all(posts))
}

async function post(control: string, what: string, body: FeedStatus | FeedReport): Promise<void> {
  // Read to its end: what is left open would keep the connection, and so the process.
  await (await fetch(`${control}/${what}`, { method: 'POST', body: JSON.stringify(body) })).text()
}
