import { createResponse } from '../response/body.ts'
import { encodeEnd } from '../response/end.ts'
import { responseInitOf } from '../response/headers.ts'
import { keepsVector, lastEventIdOf, queryOf } from '../response/request.ts'
import { type StreamSettings, settingsOf } from '../response/settings.ts'
import type { FeedRegistry } from './feed-registry.ts'
import { HubStream, type HubStreamParts, infoOf, type Opening } from './hub-stream.ts'
import { hasId, resume, resumePointOf } from './replay/resume.ts'
import { Poll } from './poll.ts'
import { Standby } from './standby.ts'
import type { WrittenPosition } from '../wire/position.ts'
import type { RespondOptions } from './types.ts'

/** What a hub's responses are made from. */
export interface ResponderParts extends HubStreamParts {
  feeds: FeedRegistry
  newConnection(): string
}

interface Asked extends Opening {
  query: URLSearchParams
  /** Where its topics were. */
  since: readonly WrittenPosition[]
}

/** Makes event streams of topics: each is a subscriber of its topics' feed, with what it missed before that. */
export class Responder {
  readonly #parts: ResponderParts

  constructor(parts: ResponderParts) {
    this.#parts = parts
  }

  /** @param refuse - asked once the feed is open, when there may be a reason not to admit the client any more */
  async respond(
    request: Request,
    topics: ReadonlyMap<string, string>,
    options: RespondOptions,
    refuse: () => Response | undefined,
  ): Promise<Response> {
    const stream = { ...this.#parts.options.stream, ...options.stream }
    const init = responseInitOf(stream)
    const query = queryOf(request)
    const settings = withWishes(settingsOf(stream, this.#parts.environment, request), query)
    if (request.method === 'HEAD') return new Response(null, init)
    const { lease, since } = await this.#parts.feeds.join(topics)
    const isPoll = query.get('mode') === 'poll'
    if (isPoll) {
      init.headers = Poll.headersOf(init.headers)
      if (settings.retry !== undefined) settings.retry = Poll.retry
    }
    const connection = query.get('ack') === '1' ? this.#parts.newConnection() : undefined
    const asked: Asked = { request, lease, since, settings, query, options: { ...options, stream }, connection }
    try {
      const refused = refuse()
      const answer = refused ?? (query.get('mode') === 'standby' ? this.#standBy(asked) : this.#subscribe(asked))
      if (answer instanceof HubStream) {
        return createResponse(answer.subscriber, this.#parts.environment, settings.heartbeat, init)
      }
      lease.release()
      return answer
    } catch (error) {
      lease.release()
      throw error
    }
  }

  #subscribe(asked: Asked): HubStream | Response {
    const { environment, meters, wheel } = this.#parts
    const { request, lease, since, query, options } = asked
    const { feed } = lease
    const from = resumePointOf(request, query, feed.topics)
    const { start, filter } = options
    const how = { start, filter, keepsVector: keepsVector(request) }
    const resumption = resume({ ...this.#parts, feed }, since, from, how)
    const { end } = feed
    // It has everything: 204 keeps native EventSource from coming back (WHATWG HTML, section 9.2.3).
    if (end && resumption.replay === undefined) return new Response(null, { status: 204 })
    const isPoll = query.get('mode') === 'poll'
    const poll = isPoll ? new Poll(query, hasId(from), environment, wheel) : undefined
    const stream = new HubStream(this.#parts, asked, resumption, poll)
    poll?.begin(stream.subscriber)
    if (hasId(from)) meters.resumed(infoOf(options), lastEventIdOf(request, query))
    if (end) stream.subscriber.finish('ended', encodeEnd(end))
    return stream
  }

  #standBy(asked: Asked): HubStream {
    const { environment, wheel } = this.#parts
    const { feed } = asked.lease
    const { filter } = asked.options
    const standby = new Standby(feed, filter, environment, wheel)
    // Of a filtered stream it is not known which event was its last.
    const hints = filter ? {} : { at: feed.checkpoint }
    const stream = new HubStream(this.#parts, asked, { places: [], hints }, standby)
    standby.tell(stream.subscriber, () => stream.hints())
    return stream
  }
}

// A client may ask for another heartbeat (`?heartbeat=`, milliseconds), but neither flood nor silence.
const [shortestHeartbeat, longestHeartbeat] = [1_000, 60_000]

function withWishes(settings: StreamSettings, query: URLSearchParams): StreamSettings {
  const wish = Number(query.get('heartbeat') ?? NaN)
  if (!(wish > 0) || settings.heartbeat === Infinity) return settings
  return { ...settings, heartbeat: Math.min(Math.max(wish, shortestHeartbeat), longestHeartbeat) }
}
