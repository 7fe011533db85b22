/** Clients of others, in this process. */
import { createEventSource } from 'eventsource-client'
import { EventSource as PackageEventSource } from 'eventsource'
import LaunchDarkly from 'launchdarkly-eventsource'

/** Reads events for as long as the test runs. @returns how to stop */
export type Subscribe = (url: string, onData: (data: string) => void) => () => void

export const nodeClients: Readonly<Record<string, Subscribe>> = {
  eventsource(url, onData) {
    const source = new PackageEventSource(url)
    source.addEventListener('message', ({ data }) => onData(String(data)))
    return () => source.close()
  },

  'eventsource-client'(url, onData) {
    const source = createEventSource({ url, onMessage: ({ data }) => onData(data) })
    return () => source.close()
  },

  'launchdarkly-eventsource'(url, onData) {
    const source = new LaunchDarkly.EventSource(url, { initialRetryDelayMillis: 200, readTimeoutMillis: 2_500 })
    source.onmessage = ({ data }) => onData(String(data))
    source.onerror = () => {}
    return () => source.close()
  },
}
