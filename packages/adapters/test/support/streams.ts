import { eventStream, type Closed, type EventStream, type StreamOptions } from '@holdfast/core'

/** Streams whose far end a test holds: write with `last`, and see how each was closed. */
export class Streams {
  readonly open: EventStream[] = []
  readonly closed: Closed[] = []

  readonly respond = (request: Request, options: StreamOptions = {}): Response =>
    eventStream(request, (stream) => void this.open.push(stream), {
      retry: 1000,
      heartbeat: 0,
      ...options,
      onClose: (close) => void this.closed.push(close),
    })

  get last(): EventStream {
    const stream = this.open.at(-1)
    if (!stream) throw new Error('No stream was opened')
    return stream
  }
}
