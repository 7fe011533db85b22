import type { DelayHistogram, HubStats } from '@holdfast/core/hub'
import type { HttpStats } from './tally.ts'

/** The content type of {@link formatMetrics}'s text. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

/** One family of samples: a number, numbers by the value of one label, or a histogram. */
interface Metric {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  value: number | { label: string; of: Record<string, number> } | DelayHistogram
}

/** Write statistics in Prometheus' text format 0.0.4. No label has a topic, an identity or an address as its value. */
export function formatMetrics(hub: HubStats, http: HttpStats): string {
  return [...streamMetrics(hub), ...historyMetrics(hub), ...brokerMetrics(hub), ...httpMetrics(http)]
    .map(format)
    .join('')
}

function streamMetrics(hub: HubStats): Metric[] {
  return [
    { name: 'subscribers', type: 'gauge', help: 'Open event streams.', value: hub.subscribers },
    { name: 'topics', type: 'gauge', help: 'Topics that somebody subscribes to here.', value: hub.topics },
    { name: 'published_total', type: 'counter', help: 'Events published through this hub.', value: hub.published },
    { name: 'delivered_total', type: 'counter', help: 'Events written to subscribers.', value: hub.delivered },
    { name: 'bytes_total', type: 'counter', help: 'Bytes written to subscribers.', value: hub.bytes },
    {
      name: 'closes_total',
      type: 'counter',
      help: 'Event streams that were closed, by reason.',
      value: { label: 'reason', of: hub.closes },
    },
    {
      name: 'refusals_total',
      type: 'counter',
      help: 'Requests for a stream that were turned away for a while, by reason.',
      value: { label: 'reason', of: hub.refused },
    },
    { name: 'load', type: 'gauge', help: 'How loaded the hub is, 0 to 1.', value: hub.load },
    { name: 'draining', type: 'gauge', help: '1 while the hub admits nobody.', value: Number(hub.draining) },
  ]
}

function historyMetrics(hub: HubStats): Metric[] {
  return [
    { name: 'resumes_total', type: 'counter', help: 'Event streams that went on after an id.', value: hub.resumed },
    {
      name: 'replayed_events_total',
      type: 'counter',
      help: 'Events read from the history for readers that had missed them.',
      value: hub.replayed,
    },
    {
      name: 'gaps_total',
      type: 'counter',
      help: 'Gaps that were announced to readers, by reason.',
      value: { label: 'reason', of: hub.gaps },
    },
  ]
}

function brokerMetrics({ broker, publishToWrite }: HubStats): Metric[] {
  return [
    { name: 'broker_up', type: 'gauge', help: '0 while the broker is lost.', value: Number(broker.state !== 'lost') },
    { name: 'broker_losses_total', type: 'counter', help: 'Times the broker was lost.', value: broker.losses },
    {
      name: 'broker_recoveries_total',
      type: 'counter',
      help: 'Times the broker was there again.',
      value: broker.recoveries,
    },
    {
      name: 'publish_to_write_seconds',
      type: 'histogram',
      help: 'From a publication through this hub to the first write of a reader of this hub.',
      value: publishToWrite,
    },
  ]
}

function httpMetrics({ requests, errors }: HttpStats): Metric[] {
  return [
    { name: 'http_requests_total', type: 'counter', help: 'HTTP requests, without preflights.', value: requests },
    {
      name: 'http_errors_total',
      type: 'counter',
      help: 'HTTP requests that were answered with an error, by its code.',
      value: { label: 'code', of: errors },
    },
  ]
}

function format({ name, type, help, value }: Metric): string {
  const full = `holdfast_${name}`
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${samplesOf(full, value).join('')}`
}

function samplesOf(name: string, value: Metric['value']): string[] {
  if (typeof value === 'number') return [`${name} ${value}\n`]
  if ('bounds' in value) return bucketsOf(name, value)
  return Object.entries(value.of).map(([key, count]) => `${name}{${value.label}="${escape(key)}"} ${count}\n`)
}

// Prometheus counts in seconds, and each of its classes holds those below it too.
function bucketsOf(name: string, { bounds, counts, sum }: DelayHistogram): string[] {
  let total = 0
  const buckets = counts.map((count, index) => {
    const bound = bounds[index]
    return `${name}_bucket{le="${bound === undefined ? '+Inf' : bound / 1_000}"} ${(total += count)}\n`
  })
  return [...buckets, `${name}_sum ${sum / 1_000}\n`, `${name}_count ${total}\n`]
}

function escape(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
