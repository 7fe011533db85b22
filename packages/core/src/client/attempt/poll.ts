import type { Clock } from '../../clock.ts'
import { pollPause, pollWait } from '../constants.ts'
import { pause } from '../pause.ts'
import { kindOf } from './answer.ts'
import { ask, discard, headersOf, type StreamRequest } from './request.ts'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/**
 * Answers to polls as one stream, which comes through a proxy that collects answers: each begins where all that was accepted
 * ends, and is the end of what came before. The first is not waited for, so that it soon shows whether polls are answered.
 *
 * @param request - `resume` says at any time where to go on
 */
export async function poll(request: StreamRequest, own: Headers, clock: Clock, signal: AbortSignal): Promise<Response> {
  const polls = new Polls(request, clock, signal)
  const first = await polls.ask(own, 0)
  if (kindOf(first) !== 'stream' || !first.body) return first
  return new Response(polls.join(first.body), { headers: { 'content-type': 'text/event-stream' } })
}

class Polls {
  readonly #request: StreamRequest
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #askedAt = 0
  /** Where the last answer was asked from. */
  #from = ''
  /** Its last two bytes: a whole answer ends with a blank line. */
  #end: readonly number[] = []

  constructor(request: StreamRequest, clock: Clock, signal: AbortSignal) {
    this.#request = request
    this.#clock = clock
    this.#signal = signal
  }

  ask(own: Headers, wait: number): Promise<Response> {
    this.#askedAt = this.#clock.now()
    this.#from = this.#request.resume().id
    // A URL of its own each time: there are proxies that keep what they were told not to.
    const turn = this.#clock.random().toString(36).slice(2)
    return ask({ ...this.#request, poll: { wait, turn } }, own, this.#signal)
  }

  join(first: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    let reader: Reader = first.getReader()
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      for (;;) {
        const { done, value } = await reader.read()
        if (value) {
          this.#end = [...this.#end, ...value.subarray(-2)].slice(-2)
          return controller.enqueue(value)
        }
        if (done) reader = await this.#next()
      }
    }
    return new ReadableStream({ pull, cancel: () => discard(reader) }, { highWaterMark: 0 })
  }

  async #next(): Promise<Reader> {
    if (this.#end.some((byte) => byte !== lineFeed))
      throw new TypeError('Cannot go on: an answer was cut within an event')
    // A proxy may answer at once, with what it kept.
    const isEmpty = this.#from === this.#request.resume().id
    const rest = this.#askedAt + pollPause - this.#clock.now()
    if (isEmpty && rest > 0) await pause(rest, this.#clock, this.#signal)
    const headers = await headersOf(this.#request)
    // A fetch that is not the platform's may not look at the signal.
    this.#signal.throwIfAborted()
    const response = await this.ask(headers, pollWait)
    if (kindOf(response) === 'stream' && response.body && !this.#signal.aborted) return response.body.getReader()
    discard(response.body)
    throw new TypeError(`Cannot go on: a poll was answered with status ${response.status}`)
  }
}

const lineFeed = 10
