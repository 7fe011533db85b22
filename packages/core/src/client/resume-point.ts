/** Where a stream is to go on. */
export interface ResumePoint {
  /** The last event ID, or the empty string. */
  readonly id: string
  /** Instead of after an id: from the oldest event that is kept, or from the newest one. */
  readonly start?: 'earliest' | 'last' | undefined
}
