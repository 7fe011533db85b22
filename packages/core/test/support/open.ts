import type { StreamClose } from '../../src/fanout/stream-close.ts'
import type { EventStream, StreamOptions, StreamSource } from '../../src/response/options.ts'
import { respondWith } from '../../src/response/event-stream.ts'
import { type SinkBody, sinkBodyOf } from '../../src/fanout/sink.ts'
import { Client } from './client.ts'
import { FakeEnvironment } from './fake-environment.ts'

export function get(init: RequestInit = {}, query = ''): Request {
  return new Request(`http://localhost/events${query}`, init)
}

/** One response in a world of its own. */
export interface Opened {
  environment: FakeEnvironment
  response: Response
  closes: StreamClose[]
}

export interface OpenOptions extends StreamOptions {
  request?: Request
  environment?: FakeEnvironment
}

/** Answer a request in a fake world, and note how the stream closes. */
export function open(source: StreamSource, options: OpenOptions = {}): Opened {
  const { request = get(), environment = new FakeEnvironment(), onClose, ...rest } = options
  const closes: StreamClose[] = []
  const noteClose = (close: StreamClose): void => {
    closes.push(close)
    onClose?.(close)
  }
  const response = respondWith(request, source, { ...rest, onClose: noteClose }, environment)
  return { environment, response, closes }
}

/** The same, kept open by a source that hands its stream out. */
export function openStream(options: OpenOptions = {}): Opened & { stream: EventStream } {
  const streams: EventStream[] = []
  const opened = open((stream) => void streams.push(stream), options)
  return { ...opened, stream: streams[0] as EventStream }
}

/** A stream with a client that reads all it can get. */
export async function openRead(options: OpenOptions = {}): Promise<Opened & { stream: EventStream; client: Client }> {
  const opened = openStream(options)
  const client = new Client(opened.response).follow()
  await opened.environment.settle()
  return { ...opened, client }
}

export function sinkBody(response: Response): SinkBody {
  const body = sinkBodyOf(response.body)
  if (!body) throw new Error('Response has no sink body')
  return body
}
