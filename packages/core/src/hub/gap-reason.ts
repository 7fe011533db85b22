/** Why events cannot be replayed. */
export type GapReason =
  /** They are older than the history that is kept. */
  | 'trimmed'
  /** The log was lost and began again. */
  | 'new-epoch'
  /** The client's last event ID is not one of this hub's. */
  | 'unknown-id'
