/** What the supervisor and its stream servers tell each other over their IPC channel. */

/** What a stream server has done since its start. */
export interface Traffic {
  subscribers: number
  /** Events written to subscribers. */
  events: number
  /** Bytes written to subscribers. */
  bytes: number
}

/** From a stream server. */
export type Up = { kind: 'listening'; port: number } | { kind: 'traffic'; traffic: Traffic }

/** From the supervisor. */
export interface Down {
  kind: 'stop'
}
