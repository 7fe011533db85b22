import { eventStream, type StreamClose, type EventStream, type StreamOptions } from '@holdfast/core'

/** Streams whose far end a test holds: write with `last`, and see how each was closed. */
export class Streams {
  readonly open: EventStream[] = []
  readonly closed: StreamClose[] = []

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

/** Write until the client, which is not reading, takes no more. The kernel holds about 4 MB for it. */
export async function fill(stream: EventStream): Promise<void> {
  const data = 'x'.repeat(500_000)
  for (let turn = 0; turn < 40; turn++) {
    // One that is closed meanwhile was full.
    const sent = stream.send({ data }).then(
      () => true,
      () => false,
    )
    const inTime = await Promise.race([sent, new Promise<false>((resolve) => setTimeout(resolve, 200, false))])
    if (!inTime) return
  }
  throw new Error('The stream never filled')
}
