import type { Clock } from '../../clock.ts'
import { EventStreamParser } from '../../wire/parse.ts'
import type { ReceivedEvent } from '../../wire/event.ts'
import { type Hint, parseHint } from '../../wire/hints.ts'
import { idleAfter, maxHint, pollWait, shortestHeartbeat, surelyLate, suspectAfter } from '../constants.ts'
import { kindOf, type Loss, refusalOf } from './answer.ts'
import { poll } from './poll.ts'
import { ask, type CreateParser, discard, headersOf, InvalidRequest, type StreamRequest } from './request.ts'
import type { Rhythm } from './rhythm.ts'
import { Silence, type SilenceListener } from './silence.ts'
import { type AttemptInput, type AttemptState, transitions } from './states.ts'

/** Who made an attempt hears what becomes of it. Nothing is told after `close()`. */
export interface AttemptListener {
  /** It is in another state. @param loss - why, if it is lost */
  onState(state: AttemptState, from: AttemptState, loss: Loss | undefined): void
  /** The head was valid, right before the state is `open`. */
  onHead(response: Response): void
  /** @param ownId - of the event itself; undefined where it has that of an earlier one */
  onEvent(event: ReceivedEvent, ownId: string | undefined): void
  /** An id without an event. */
  onCheckpoint(id: string): void
  onHint(hint: Hint): void
  onRetry(milliseconds: number): void
  /** An event was passed over, since it is larger than what is kept of one. */
  onTooLarge(ownId: string | undefined): void
  /** Before more is read: wait for this, if there is anything to wait for. */
  room(): Promise<void> | undefined
}

/** How long an attempt waits for what. Milliseconds; 0 for no limit. */
export interface Timeouts {
  connectTimeout: number
  /** How long the first byte may take; 0 where nothing else could be tried anyway. */
  firstByteTimeout: number
  /** What is judged by where no heartbeat was announced. */
  idleTimeout: number
  /** Never judge by silence, whatever is announced. */
  neverIdle: boolean
  /** How long such streams are usually silent, where that says something. */
  rhythm: Rhythm | undefined
}

/** One request, and the stream that its answer is. It knows of no other. */
export class Attempt implements SilenceListener {
  readonly #request: StreamRequest
  readonly #listener: AttemptListener
  readonly #timeouts: Timeouts
  readonly #clock: Clock
  readonly #silence: Silence
  readonly #abort = new AbortController()
  #state: AttemptState = 'connecting'
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  /** The heartbeat that is to be expected; 0 for none. */
  #heartbeat: number
  /** Whether a server of ours said so: others cannot be asked where their log is. */
  #isAnnounced = false
  /** Nothing is read, since nobody takes what was. */
  #isHeldUp = false
  /** Whether a byte came. */
  isHeard = false
  #askedAt = 0
  /** The application's, as they were sent last. */
  #headers: Headers | undefined

  /** Begins at once; the listener hears nothing before the call has returned. */
  constructor(request: StreamRequest, timeouts: Timeouts, listener: AttemptListener, clock: Clock) {
    this.#request = request
    this.#timeouts = timeouts
    this.#listener = listener
    this.#clock = clock
    // Without an announcement, what the application asked for is all there is to wait for.
    this.#heartbeat = timeouts.idleTimeout / idleAfter
    this.#silence = new Silence(clock, this)
    this.#silence.watch()
    void this.#run()
  }

  get state(): AttemptState {
    return this.#state
  }

  /** Whether the head was valid, and it was not closed since. */
  get isOpen(): boolean {
    return this.#state !== 'connecting' && !this.signal.aborted
  }

  /** The application's headers, as they were sent. */
  get headers(): Headers {
    return this.#headers ?? new Headers()
  }

  /** Aborted once it is closed. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** How long the head took, in milliseconds: from the request that brought it. */
  get took(): number {
    return this.#clock.now() - this.#askedAt
  }

  /** For how long nothing was heard, in milliseconds. */
  get silentFor(): number {
    return this.#silence.duration
  }

  /** Something is to be heard at least this often. */
  expect(heartbeat: number): void {
    if (this.#timeouts.neverIdle) return
    const shortest = this.#request.polls ? pollWait : shortestHeartbeat
    this.#heartbeat = heartbeat ? Math.max(heartbeat, shortest) : this.#timeouts.idleTimeout / idleAfter
    this.#isAnnounced = heartbeat > 0
    this.#silence.watch()
  }

  /** There is evidence that it is dead. */
  doubt(): void {
    this.#input('doubt')
  }

  /** The odd silence is a mere pause. */
  excuse(): void {
    if (this.#state !== 'odd') return
    this.#timeouts.rhythm?.excuse(this.#silence.duration)
    this.#input('excuse')
  }

  /** The page or the machine may have slept: a silence that would have been noticed by now is doubtful at once. */
  wake(): void {
    const suspect = this.#heartbeat * suspectAfter
    if (!this.isOpen || this.#isHeldUp || suspect === 0 || this.#silence.duration < Math.min(this.#oddAfter, suspect))
      return
    // What is in the machine's buffers comes in a moment: it has the rest of its time.
    this.#silence.shorten(suspect)
    this.#input('doubt')
  }

  /** It is of no use, for a reason that its owner found. */
  lose(loss: Loss): void {
    this.#input('loss', loss)
  }

  /** It is not needed any more. Idempotent. */
  close(): void {
    this.#input('retire')
  }

  allowed(): number {
    const { connectTimeout, firstByteTimeout, neverIdle } = this.#timeouts
    if (this.#state === 'connecting') return connectTimeout
    if (this.#state === 'open') return firstByteTimeout
    // A sleep is to be noticed anyway.
    if (this.#heartbeat === 0) return neverIdle ? 0 : Infinity
    if (this.#state === 'suspect') return this.#heartbeat * idleAfter
    const suspect = this.#heartbeat * suspectAfter
    return this.#state === 'live' ? Math.min(this.#oddAfter, suspect) : suspect
  }

  onSilence(): void {
    const isOdd = this.#state === 'live' && this.#oddAfter < this.#heartbeat * suspectAfter
    if (isOdd) this.#input('oddity')
    else this.#input('silence', { reason: silenceReasons[this.#state] ?? 'idle' })
  }

  onSlept(late: number): void {
    this.wake()
    if (this.#heartbeat === 0 && late > surelyLate && !this.#timeouts.neverIdle) this.#input('doubt')
  }

  get #oddAfter(): number {
    return (this.#isAnnounced && this.#timeouts.rhythm?.odd) || Infinity
  }

  // The only place where the state changes.
  #input(input: AttemptInput, loss?: Loss): void {
    const from = this.#state
    const state = transitions[from][input]
    if (!state) return
    this.#state = state
    if (state === 'lost' || state === 'retired') this.#release()
    else this.#silence.watch()
    this.#listener.onState(state, from, state === 'lost' ? loss : undefined)
  }

  #release(): void {
    this.#silence.end()
    this.#abort.abort()
    // A fetch that is not the platform's may not look at the signal.
    discard(this.#reader)
  }

  async #run(): Promise<void> {
    try {
      // Not within the step that made it: the application's `headers` may close what does not know of it yet.
      await Promise.resolve()
      const response = await this.#ask()
      // It may be closed by now, whatever the signal did about it.
      if (this.signal.aborted) return discard(response.body)
      const refusal = refusalOf(response, this.#clock.wallTime())
      if (!refusal) return await this.#read(response)
      discard(response.body)
      this.#input('loss', refusal)
    } catch (error) {
      const isInvalid = error instanceof InvalidRequest
      this.#input('loss', isInvalid ? { reason: 'invalid', error: error.cause } : { reason: 'network', error })
    }
  }

  // A second time, where the application has other headers to offer.
  async #ask(): Promise<Response> {
    const first = await this.#askOnce(await headersOf(this.#request))
    const kind = kindOf(first)
    const isDenied = kind === 'unauthorized' || kind === 'forbidden'
    if (!isDenied || this.signal.aborted || typeof this.#request.headers !== 'function') return first
    const headers = await headersOf(this.#request)
    if (kind === 'forbidden' && String([...headers]) === String([...this.headers])) return first
    discard(first.body)
    return this.#askOnce(headers)
  }

  #askOnce(headers: Headers): Promise<Response> {
    this.signal.throwIfAborted()
    this.#headers = headers
    this.#askedAt = this.#clock.now()
    const request = this.#request
    return request.polls ? poll(request, headers, this.#clock, this.signal) : ask(request, headers, this.signal)
  }

  async #read(response: Response): Promise<void> {
    // Without a body it is a stream that ends at once.
    if (!response.body) throw new TypeError('Cannot read the response: it has no body')
    const reader = (this.#reader = response.body.getReader())
    const parser = this.#createParser()
    this.#listener.onHead(response)
    this.#input('head')
    // From the head on, however late that came.
    this.#silence.heard()
    if (this.#timeouts.firstByteTimeout === 0) this.#input('byte')
    for (;;) {
      const { done, value } = await reader.read()
      if (this.signal.aborted) return
      if (done) return this.#input('loss', { reason: 'ended' })
      this.#heard()
      parser.push(value)
      await this.#waitForRoom()
    }
  }

  #createParser(): ReturnType<CreateParser> {
    const listener = this.#listener
    const { resume, maxEventBytes, createParser = newParser } = this.#request
    return createParser(
      {
        onEvent: (event, ownId) => void (this.signal.aborted || listener.onEvent(event, ownId)),
        onCheckpoint: (id) => void (this.signal.aborted || listener.onCheckpoint(id)),
        onComment: (text) => this.#takeComment(text),
        onRetry: (milliseconds) => listener.onRetry(milliseconds),
        onTooLarge: (ownId) => void (this.signal.aborted || listener.onTooLarge(ownId)),
      },
      { lastEventId: resume().id, maxEventBytes },
    )
  }

  #takeComment(text: string): void {
    const hint = text.length <= maxHint && !this.signal.aborted ? parseHint(text) : undefined
    if (hint) this.#listener.onHint(hint)
  }

  #heard(): void {
    const silence = this.#silence.heard()
    if (this.isHeard) this.#timeouts.rhythm?.heard(silence)
    this.isHeard = true
    this.#input('byte')
  }

  // While nobody takes what was read, silence is our own.
  async #waitForRoom(): Promise<void> {
    const room = this.#listener.room()
    if (!room) return
    this.#silence.pause()
    this.#isHeldUp = true
    await room
    this.#isHeldUp = false
    if (this.signal.aborted) return
    this.#silence.heard()
    this.#input('byte')
  }
}

const newParser: CreateParser = (handlers, options) => new EventStreamParser(handlers, options)

/** Why an attempt is lost that was silent in this state. */
const silenceReasons: Partial<Record<AttemptState, Loss['reason']>> = { connecting: 'timeout', open: 'buffered' }
