import { topicOf } from '@holdfast/core'

/** How a connection is: `waiting` means that the browser has not even sent the request. */
export type StreamState = 'connecting' | 'waiting' | 'open' | 'lost' | 'closed'

/** An event of one stream. */
export interface StreamEvent {
  topic: string
  /** The same on every stream: the topic's own position, which comes first in the id. */
  mark: string
  type: string
  data: string
}

/** What a stream tells. */
export interface StreamListener {
  onState(state: StreamState): void
  onEvent(event: StreamEvent): void
}

const waitingAfter = 4_000
const reopenAfter = 5_000
// Native EventSource shows only the types it was asked for.
const types = ['message', 'gap']

/** Listen to several topics on one connection: HTTP/1.1 browsers open no more than six to a server, over all tabs. */
export function openStream(url: string, topics: readonly string[], listener: StreamListener): { close(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastEventId = ''
  let source = connect()

  function connect(): EventSource {
    const address = new URL('/events', url)
    for (const topic of topics) address.searchParams.append('topic', topic)
    if (lastEventId) address.searchParams.set('lastEventId', lastEventId)
    const connecting = new EventSource(address)
    listener.onState('connecting')
    later(() => listener.onState('waiting'), waitingAfter)
    connecting.onopen = () => {
      clearTimeout(timer)
      listener.onState('open')
    }
    connecting.onerror = () => onError(connecting)
    for (const type of types) connecting.addEventListener(type, receive)
    return connecting
  }

  // The browser reconnects by itself, except after an answer that is no stream.
  function onError({ readyState, CLOSED }: EventSource): void {
    clearTimeout(timer)
    listener.onState(readyState === CLOSED ? 'closed' : 'lost')
    if (readyState !== CLOSED) return
    later(() => (source = connect()), reopenAfter)
  }

  function receive({ type, data, lastEventId: id }: MessageEvent<string>): void {
    lastEventId = id
    const topic = topicOf(id, topics) ?? ''
    listener.onEvent({ topic, mark: id.split('~')[1] ?? id, type, data })
  }

  function later(act: () => void, ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(act, ms)
  }

  return {
    close() {
      clearTimeout(timer)
      source.close()
    },
  }
}
