/**
 * Types of the web that not every consumer has by name: those of Node lack some, and TypeScript's libraries before ES2026
 * lack others. Each is what the consumer's own libraries say it is, so that nothing has to be declared for all.
 */

/** What `new Headers()` takes. */
export type HeadersInit = NonNullable<RequestInit['headers']>

/** The body of a request. */
export type BodyInit = NonNullable<RequestInit['body']>

export type RequestCredentials = 'include' | 'omit' | 'same-origin'

/** What `addEventListener` takes. */
export type EventListenerOrEventListenerObject = NonNullable<Parameters<EventTarget['addEventListener']>[1]>

/** `MessageEvent<string>`, whose name takes no parameter among the types of Node and of Cloudflare. */
export type TextMessage = Omit<(typeof MessageEvent)['prototype'], 'data'> & { readonly data: string }

/** `AsyncDisposable` where there is `await using`, and no more than any object elsewhere. */
export type AsyncDisposable = SymbolConstructor extends { readonly asyncDispose: infer Key extends symbol }
  ? { readonly [Name in Key]: () => Promise<void> }
  : object
