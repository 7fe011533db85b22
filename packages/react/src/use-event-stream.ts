import type { ConnectOptions, Endpoints, EndpointsFunction, EventsOf, Status, TopicEvent } from '@holdfast/core/client'
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { type StreamPlan, StreamStore } from './stream-store.ts'

/** Options of `useEventStream`: those of `connect()`, and what a component keeps. */
export interface UseEventStreamOptions<Events extends object = Record<string, unknown>, State = undefined> extends Omit<
  ConnectOptions<Events>,
  'signal'
> {
  /** How many events `events` has at most, the newest. Default 100; 0 for who needs only `last` or `reduced`. */
  limit?: number | undefined
  /** Makes `reduced` of what came, like a reducer of React. It must not change the state that it is given. */
  reduce?: ((state: State, event: EventsOf<Events>) => State) | undefined
  /** What `reduced` begins with. */
  initial?: State | undefined
  /** One connection for all tabs of the origin. Default false. */
  shared?: boolean | undefined
  /** Nothing is opened while this is false. Default true. */
  enabled?: boolean | undefined
}

/** What a component has of a stream. */
export interface EventStreamResult<Events extends object = Record<string, unknown>, State = undefined> {
  /** The newest events, the oldest first. */
  readonly events: readonly EventsOf<Events>[]
  readonly last: EventsOf<Events> | undefined
  readonly reduced: State
  /** What the connection is doing. An error that ended it is in `status.error`. */
  readonly status: Status
}

/**
 * Read a stream of events while a component is there.
 *
 * The stream belongs to the endpoints' URLs: other ones open another, once they stand for 50 ms, and begin with nothing. Of
 * functions that give endpoints, the first one counts.
 * Other options are those of the first render with these URLs, but functions are always the newest. A component that is
 * taken away and put back within 50 ms, as StrictMode does, keeps its stream; later it goes on after the last event.
 * All events of a turn are one render. On a server nothing is opened, and there are no events.
 *
 * @throws {InvalidOptionError} when it renders again: an endpoint is not a URL, or an option is not what it may be
 * @throws {OptionRangeError} likewise: a number that an option cannot be
 */
export function useEventStream<Events extends object = Record<string, unknown>, State = undefined>(
  endpoints: Endpoints | EndpointsFunction,
  options: UseEventStreamOptions<Events, State> = {},
): EventStreamResult<Events, State> {
  const { enabled = true } = options
  const newest = useRef(options)
  useEffect(() => {
    newest.current = options
  })
  const key = JSON.stringify([endpoints, enabled, options.shared])
  // The key stands for what the stream is; of the rest the newest is used.
  const store = useMemo(() => new StreamStore(planOf(endpoints, options, newest)), [key])
  const subscribe = enabled ? store.subscribe : subscribeToNothing
  const { events, last, reduced, status, failure } = useSyncExternalStore(subscribe, store.snapshot, store.snapshot)
  if (failure) throw failure.error
  return {
    events: events as readonly EventsOf<Events>[],
    last: last as EventsOf<Events> | undefined,
    reduced,
    status,
  }
}

function subscribeToNothing(): () => void {
  return () => {}
}

// The functions of a component are new with each render: whoever calls them later wants the ones of the last.
function planOf<Events extends object, State>(
  endpoints: Endpoints | EndpointsFunction,
  all: UseEventStreamOptions<Events, State>,
  newest: { readonly current: UseEventStreamOptions<Events, State> },
): StreamPlan<State> {
  const { limit = 100, reduce, initial, shared = false, enabled: _, ...options } = all
  const functions = {
    ...(typeof options.headers === 'function' && {
      headers: (endpoint: string) => {
        const { headers } = newest.current
        return typeof headers === 'function' ? headers(endpoint) : (headers ?? {})
      },
    }),
    ...(options.onGap && ({ onGap: (gap) => newest.current.onGap?.(gap) } satisfies ConnectOptions)),
    ...(options.until && ({ until: (event) => newest.current.until?.(event) === true } satisfies ConnectOptions)),
  }
  return {
    endpoints,
    options: { ...(options as ConnectOptions), ...functions },
    isShared: shared,
    limit,
    initial: initial as State,
    reduce:
      reduce && ((state, event) => (newest.current.reduce ?? reduce)(state, event as TopicEvent & EventsOf<Events>)),
  }
}
