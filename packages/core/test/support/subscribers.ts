import { bytesOf } from '../../src/fanout/chunk.ts'
import { DeadlineWheel } from '../../src/fanout/deadlines.ts'
import type { StreamClose } from '../../src/fanout/stream-close.ts'
import { Place } from '../../src/fanout/place.ts'
import type { Ring } from '../../src/fanout/ring.ts'
import { Subscriber, type SubscriberOptions } from '../../src/fanout/subscriber.ts'
import type { FakeEnvironment } from './fake-environment.ts'
import { FakeSink } from './fake-sink.ts'

/** One subscriber of a ring with a sink that the test controls. */
export interface Reader {
  subscriber: Subscriber
  sink: FakeSink
  closes: StreamClose[]
}

const encoder = new TextEncoder()

/** Subscribe to a ring without any deadline, and take the opening. */
export function readRing(ring: Ring, environment: FakeEnvironment, options: Partial<SubscriberOptions> = {}): Reader {
  const closes: StreamClose[] = []
  const sink = new FakeSink()
  const subscriber = new Subscriber(
    {
      places: [new Place(ring)],
      heartbeat: Infinity,
      stallTimeout: Infinity,
      oldAt: Infinity,
      expiresAt: Infinity,
      heartbeatBytes: () => encoder.encode(': beat\n\n'),
      itemOf: bytesOf,
      ...options,
      onClose: (close) => void closes.push(close),
    },
    { opening: encoder.encode(':\n\n') },
    environment,
    new DeadlineWheel(environment),
  )
  subscriber.connect(sink)
  sink.drain()
  return { subscriber, sink, closes }
}

/** Append an event whose data is its number. */
export function appendEvent(ring: Ring, data: number | string): void {
  ring.append({ id: undefined, body: encoder.encode(`data: ${data}\n\n`) })
}

/** Numbers a reader got. */
export function numbersOf({ sink }: Reader): number[] {
  return sink.data.map((data) => parseInt(data))
}
