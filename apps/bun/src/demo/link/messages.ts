import type { BrokerEvent, Position, StoredEvent } from '@holdfast/core/hub'

/** What a stream server asks of the supervisor's broker. `call` pairs it with its answer. */
export type Ask =
  | { kind: 'publish'; call: number; topic: string; events: readonly BrokerEvent[]; key?: string | undefined }
  | { kind: 'read'; call: number; topic: string; after: Position | 'earliest'; limit: number }
  | { kind: 'subscribe'; call: number; topic: string; subscription: number }
  | { kind: 'unsubscribe'; call: number; subscription: number }

/** What the supervisor's broker says. */
export type Answer =
  | { kind: 'result'; call: number; value: unknown }
  | { kind: 'failure'; call: number; message: string }
  | { kind: 'event'; subscription: number; event: StoredEvent }
  | { kind: 'lost'; subscription: number; reason: string }

/** What a stream server tells about itself. */
export type Report = { kind: 'listening'; port: number } | { kind: 'traffic'; traffic: Traffic }

/** What a stream server has done since it started, and whom it serves now. */
export interface Traffic {
  subscribers: number
  events: number
  bytes: number
}

/** Everything that goes up, and everything that comes down. */
export type Up = Ask | Report
export type Down = Answer | { kind: 'stop' }
