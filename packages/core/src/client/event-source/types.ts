import type { EventListenerOrEventListenerObject, TextMessage } from '../../web-types.ts'

/** What an {@link EventSource} asks the web of: as the global `fetch`, with headers in a plain object. */
export type EventSourceFetch = (url: string, init: EventSourceFetchInit) => Promise<Response>

/** What {@link EventSourceInit.fetch} is called with, for each connection anew. Pass it on whole: it carries `signal`. */
export interface EventSourceFetchInit extends RequestInit {
  /** `Accept`, and `Last-Event-ID` where there is one. */
  headers: Record<string, string>
  mode: 'cors'
  credentials: 'include' | 'same-origin'
  /** Aborted when the event source is closed. */
  signal: AbortSignal
}

/** The options of an `EventSource`. */
export interface EventSourceInit {
  /** Whether credentials go to other origins too. Default false. */
  withCredentials?: boolean | undefined
  /**
   * Used instead of the global `fetch`, for headers above all. Not in the standard.
   *
   * A rejection is a network error, after which the connection is tried again; one named `AbortError` ends it for good.
   */
  fetch?: EventSourceFetch | undefined
}

/** An `error` event. Its two properties are not in the standard. */
export interface EventSourceErrorEvent extends Event {
  /** The status of the connection's response; undefined where there was none. */
  readonly status: number | undefined
  /** What the connection failed with; undefined where its stream has ended, and where status or content type say why. */
  readonly cause: unknown
}

/** The events of an `EventSource` by type. Those that a stream names itself are of type `MessageEvent`, too. */
export interface EventSourceEventMap {
  open: Event
  message: TextMessage
  error: EventSourceErrorEvent
}

/** An `EventTarget` whose listeners are told the type of their event. */
export interface EventSourceTarget extends EventTarget {
  addEventListener<K extends keyof EventSourceEventMap>(
    type: K,
    listener: (this: this, event: EventSourceEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(
    type: string,
    listener: (this: this, event: TextMessage) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void
  removeEventListener<K extends keyof EventSourceEventMap>(
    type: K,
    listener: (this: this, event: EventSourceEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(
    type: string,
    listener: (this: this, event: TextMessage) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void
}
