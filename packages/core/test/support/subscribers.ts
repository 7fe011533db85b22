import { DeadlineWheel } from '../../src/fanout/deadlines.ts'
import type { Closed } from '../../src/fanout/stream-close.ts'
import type { Feed } from '../../src/fanout/ring.ts'
import { Subscriber, type SubscriberOptions } from '../../src/fanout/subscriber.ts'
import type { FakeEnvironment } from './fake-environment.ts'
import { FakeSink } from './fake-sink.ts'

/** One subscriber of a feed with a sink that the test controls. */
export interface Reader {
  subscriber: Subscriber
  sink: FakeSink
  closes: Closed[]
}

const encoder = new TextEncoder()

/** Subscribe to a feed without any deadline, and take the opening. */
export function readFeed(feed: Feed, environment: FakeEnvironment, options: Partial<SubscriberOptions> = {}): Reader {
  const closes: Closed[] = []
  const sink = new FakeSink()
  const subscriber = new Subscriber(
    feed,
    {
      opening: encoder.encode(':\n\n'),
      heartbeat: Infinity,
      stallTimeout: Infinity,
      oldAt: Infinity,
      expiresAt: Infinity,
      heartbeatBytes: () => encoder.encode(': beat\n\n'),
      ...options,
      onClose: (close) => void closes.push(close),
    },
    environment,
    new DeadlineWheel(environment),
  )
  subscriber.connect(sink)
  sink.drain()
  return { subscriber, sink, closes }
}

/** Append an event whose data is its number. */
export function appendEvent(feed: Feed, data: number | string): void {
  feed.append({ id: undefined, body: encoder.encode(`data: ${data}\n\n`) })
}

/** Numbers a reader got. */
export function numbersOf({ sink }: Reader): number[] {
  return sink.data.map((data) => parseInt(data))
}
