import type { HubStats } from '@holdfast/core/hub'
import type { HttpStats } from './tally.ts'

/** The content type of {@link formatMetrics}'s text. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

/** One family of samples: a number, or numbers by the value of one label. */
interface Metric {
  name: string
  type: 'counter' | 'gauge'
  help: string
  value: number | { label: string; of: Record<string, number> }
}

/** Write statistics in Prometheus' text format 0.0.4. No label has a topic, an identity or an address as its value. */
export function formatMetrics(hub: HubStats, http: HttpStats): string {
  return metricsOf(hub, http).map(format).join('')
}

function metricsOf(hub: HubStats, http: HttpStats): Metric[] {
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
    { name: 'load', type: 'gauge', help: 'How loaded the hub is, 0 to 1.', value: hub.load },
    { name: 'draining', type: 'gauge', help: '1 while the hub admits nobody.', value: Number(hub.draining) },
    { name: 'http_requests_total', type: 'counter', help: 'HTTP requests, without preflights.', value: http.requests },
    {
      name: 'http_errors_total',
      type: 'counter',
      help: 'HTTP requests that were answered with an error, by its code.',
      value: { label: 'code', of: http.errors },
    },
  ]
}

function format({ name, type, help, value }: Metric): string {
  const full = `holdfast_${name}`
  const samples =
    typeof value === 'number'
      ? [`${full} ${value}\n`]
      : Object.entries(value.of).map(([key, count]) => `${full}{${value.label}="${escape(key)}"} ${count}\n`)
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${samples.join('')}`
}

function escape(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
