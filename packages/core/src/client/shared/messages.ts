import type { ConnectionGap } from '../types.ts'

/** What the tabs of an origin tell each other. A tab hears its own messages too. */

/** An event on its way to the tabs. Its id has the one position that the event advances. */
export interface RelayedEvent {
  topic: string | undefined
  event: string
  data: string
  id: string
}

/** One stream that a tab reads through the leader. */
export interface Seat {
  /** The stream's own name. */
  seat: string
  /** The topics of its URL; none for a URL that names none. */
  topics: readonly string[]
}

export type Message =
  /** Whoever read through another leader has to ask anew. */
  | { type: 'leader'; leader: string }
  /** The leader brings nothing any more: ask anew. */
  | { type: 'dissolved'; leader: string }
  /** A stream wants what follows on `id`, or what comes from now on. */
  | ({ type: 'join'; id: string } & Seat)
  /** It is one of the leader's from here on: what it missed, and where it stands after that. */
  | { type: 'joined'; leader: string; seat: string; missed: readonly RelayedEvent[]; id: string }
  /** The leader cannot bring what the stream asks for: it needs a connection of its own for the time being. */
  | { type: 'elsewhere'; seat: string }
  | { type: 'leave'; seat: string }
  | { type: 'event'; leader: string; relayed: RelayedEvent }
  | ({ type: 'gap'; leader: string } & ConnectionGap)
  /** Is the leader there, and is its connection well? */
  | { type: 'ping'; seat: string }
  | { type: 'pong'; seat: string; isWell: boolean }
  /** The server said that it is over. */
  | { type: 'over'; leader: string; end: 'done' | 'failed' }

/** Tells all tabs, this one included. */
export type Post = (message: Message) => void
