import { type Environment, systemEnvironment } from '../environment.ts'
import { callSafely } from '../report.ts'
import { checkOptions } from '../check-options.ts'
import { createResponse } from './body.ts'
import { checkRequest } from './check-request.ts'
import { DeadlineWheel } from '../fanout/deadlines.ts'
import { doneId } from './end.ts'
import { bodilessHeaders, responseInitOf } from './headers.ts'
import type { StreamOptions, StreamSource } from './options.ts'
import { lastEventIdOf } from './request.ts'
import { openingBytes, settingsOf } from './settings.ts'
import { SingleStream } from './single-stream.ts'
import { streamOptions } from './stream-rules.ts'
import { discardSource, prepareSource, runSource } from './source.ts'

/**
 * Answer a request with an event stream.
 *
 * The first bytes leave at once. Silence, a stalled client and old age are found by deadlines; however the stream
 * ends, `onClose` is called once with the reason, and `stream.signal` is aborted. A source that returns tells
 * `connect()` not to come back, and gives other clients an id with which they are answered 204, before the source runs;
 * after any other end clients reconnect.
 *
 * @throws {InvalidOptionError} the request, the source or an option is of another kind, or there is no such option
 * @throws {OptionRangeError} an option is out of range
 * @throws {InvalidFieldError} `retry` is no non-negative integer
 * @throws {TypeError} a ReadableStream source is locked
 */
export function eventStream(request: Request, source: StreamSource, options: StreamOptions = {}): Response {
  return respondWith(request, source, options, systemEnvironment)
}

/** {@link eventStream} with the world as a parameter. */
export function respondWith(
  request: Request,
  source: StreamSource,
  options: StreamOptions,
  environment: Environment,
): Response {
  checkRequest('eventStream', request)
  checkOptions('eventStream', options, streamOptions)
  const init = responseInitOf(options)
  const settings = settingsOf(options, environment, request)
  const opening = openingBytes(settings, environment)
  const prepared = prepareSource(source)
  const lastEventId = lastEventIdOf(request)
  const isOver = lastEventId === doneId
  if (isOver || request.method === 'HEAD') {
    discardSource(prepared)
    return isOver
      ? new Response(null, { status: 204, headers: bodilessHeaders(init.headers) })
      : new Response(null, init)
  }
  const stream = new SingleStream({
    lastEventId,
    opening,
    settings,
    onClose: (close) => void callSafely(options.onClose, close),
    environment,
    wheel: wheelOf(environment),
  })
  const response = createResponse(stream.subscriber, environment, settings.heartbeat, init)
  stream.closeWith(request)
  runSource(prepared, stream, options.onError)
  return response
}

const wheels = new WeakMap<Environment, DeadlineWheel>()

/** One wheel for the process; where timers belong to a request, one for each stream. */
function wheelOf(environment: Environment): DeadlineWheel {
  if (environment.requestScoped) return new DeadlineWheel(environment)
  let wheel = wheels.get(environment)
  if (!wheel) wheels.set(environment, (wheel = new DeadlineWheel(environment)))
  return wheel
}
