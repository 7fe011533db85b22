import { connect } from '@holdfast/core/client'
import type { Numbered } from '../client-contract/plan.ts'
import type { ReaderNews, ReaderPlan } from './plan.ts'

/** Milliseconds from one piece of news to the next. Events carry their own times. */
const pace = 250

/** Follow all that is planned for a run, and tell the driver what comes, until the process is ended. */
export async function runReaders(control: string, run: string): Promise<void> {
  const response = await fetch(`${control}/readers?run=${run}`)
  const plans = (await response.json()) as ReaderPlan[]
  const readers = plans.map((plan) => follow(control, plan))
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pace))
    // Read to its end: what is left open keeps the connection.
    await (await fetch(`${control}/news`, { method: 'POST', body: JSON.stringify(readers.map(take)) })).text()
  }
}

function take(reader: ReaderNews): ReaderNews {
  return { ...reader, arrivals: reader.arrivals.splice(0) }
}

function follow(control: string, plan: ReaderPlan): ReaderNews {
  const reader: ReaderNews = { name: plan.name, startedAt: Date.now(), arrivals: [], gaveUp: false }
  const onData = (data: string): void => {
    const { n, at } = JSON.parse(data) as Numbered
    reader.arrivals.push({ n, publishedAt: at, arrivedAt: Date.now() })
  }
  const onEnd = (): void => void (reader.gaveUp = true)
  if (plan.kind === 'native') followNatively(plan, onData, onEnd)
  else followByConnect(control, plan, plan.kind, onData, onEnd)
  return reader
}

function followNatively({ urls: [url = ''] }: ReaderPlan, onData: (data: string) => void, onEnd: () => void): void {
  const source = new EventSource(url)
  source.addEventListener('message', ({ data }) => onData(String(data)))
  source.addEventListener('error', () => source.readyState === EventSource.CLOSED && onEnd())
}

function followByConnect(
  control: string,
  { urls, asksForFleet }: ReaderPlan,
  redundancy: 'none' | 'full',
  onData: (data: string) => void,
  onEnd: () => void,
): void {
  const fleet = async (): Promise<string[]> => (await fetch(`${control}/fleet`)).json()
  const connection = connect(asksForFleet ? fleet : urls, { redundancy })
  connection.on('message', ({ data }) => onData(data))
  connection.onStatus(({ state }) => state === 'closed' && onEnd())
}
