import { checkArgument } from '../check-options.ts'
import { membersOf } from '../option-rules.ts'
import { callSafely, reportException } from '../report.ts'
import type { ServerSentEvent } from '../wire/event.ts'
import type { EventStream, StreamOptions, StreamSource } from './options.ts'
import { encodeEnd } from './end.ts'
import type { SingleStream } from './single-stream.ts'

/** One way to pull events, whatever they come from. `stop` may be called at any time. */
export interface EventReader {
  next(): Promise<{ done?: boolean | undefined; value?: ServerSentEvent | string | undefined }>
  stop(reason: unknown): Promise<unknown>
}

/** A source that is ready to be run: a callback, or something that events are pulled from. */
export type PreparedSource = ((stream: EventStream) => void | Promise<void>) | EventReader

function aSource(given: unknown): string {
  if (typeof given === 'function') {
    // It would be taken for one that sends, and its events for a promise.
    const isGenerator = /Generator/.test(Object.prototype.toString.call(given))
    return isGenerator ? 'what it returns, by calling it: a generator function sends nothing' : ''
  }
  const { getReader, [Symbol.asyncIterator]: iterate } = membersOf(given)
  return getReader || iterate ? '' : 'an async iterable, a ReadableStream, or a function that sends'
}

/**
 * Take hold of a source.
 *
 * @throws {InvalidOptionError} it is none
 * @throws {TypeError} it cannot be read: before there is a stream that would have to be closed
 */
export function prepareSource(source: StreamSource): PreparedSource {
  checkArgument('eventStream', 'source', source, aSource)
  if (typeof source === 'function') return source
  if ('getReader' in source) {
    const reader = source.getReader()
    return { next: () => reader.read(), stop: (reason) => reader.cancel(reason) }
  }
  const iterator = source[Symbol.asyncIterator]()
  // Asynchronous, so that a `return` that throws or gives no promise harms nobody.
  return { next: () => iterator.next(), stop: async () => iterator.return?.() }
}

/** Move a source's events into a stream until either of them ends. */
export function runSource(source: PreparedSource, stream: SingleStream, onError: StreamOptions['onError']): void {
  const fail = (error: unknown): void => failStream(stream, error, onError)
  if (typeof source !== 'function') {
    void pump(source, stream).then(() => stream.close(), fail)
    return
  }
  try {
    const running = source(stream)
    // A function that returns no promise has only set things up: it closes the stream itself.
    if (running) void running.then(() => stream.close(), fail)
  } catch (error) {
    fail(error)
  }
}

/** Let go of a source that nobody will read. */
export function discardSource(source: PreparedSource): void {
  if (typeof source !== 'function') source.stop(undefined).catch(() => {})
}

async function pump(reader: EventReader, stream: SingleStream): Promise<void> {
  // Not awaited and not raced: a generator parked on its own promise settles neither, and races against one signal
  // would pile up on it, one for each event.
  const stop = (): void => void reader.stop(stream.signal.reason).catch(() => {})
  if (stream.signal.aborted) return stop()
  stream.signal.addEventListener('abort', stop, { once: true })
  for (;;) {
    const { done, value } = await reader.next()
    if (done || stream.signal.aborted) return
    await stream.send(value as ServerSentEvent | string)
  }
}

function failStream(stream: SingleStream, error: unknown, onError: StreamOptions['onError']): void {
  if (stream.signal.aborted) return
  const last = callSafely(onError, error)
  if (last) stream.send(last).catch(reportException)
  stream.finish('failed', encodeEnd('failed'), error)
}
