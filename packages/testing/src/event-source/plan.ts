/** What the case server is told to do. No Node here: cases and server share it. */

/** A part of a body: text in UTF-8, bytes, text many times over, or a pause: in milliseconds, or until the case ends it. */
export type Piece =
  | string
  | number
  | { until: 'released' }
  | { bytes: number[] }
  | { repeat: string; times: number }
  /** With each `%` another name: eight digits that count up. */
  | { numbered: string; times: number }

/** How the server answers one request. */
export interface Answer {
  /** Default 200. */
  status?: number
  /** Default: the content type of an event stream. */
  headers?: Record<string, string | string[]>
  body?: Piece[]
  /** What becomes of the connection once the body is written. Default `hold`: it stays open. */
  after?: 'end' | 'hold' | 'reset'
  /** Instead of an answer: nothing at all, or a reset. */
  instead?: 'nothing' | 'reset'
}

/** The answers to the requests of one stream, in their order. The last one is given again and again. */
export type Plan = Answer[]

/** A request as the server saw it. */
export interface SeenRequest {
  method: string
  /** By lower-case name; values decoded as UTF-8. */
  headers: Record<string, string>
  /** From the header, or from the query. */
  lastEventId?: string | undefined
  /** Milliseconds since the server began. */
  at: number
  closedAt?: number
}
