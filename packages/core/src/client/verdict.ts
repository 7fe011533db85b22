/** What to do with what a stream brought. Of several, the greatest holds. */
export type Verdict = 0 | 1 | 2 | 3

/** Leave it to another stream, or to none: it came before. */
export const drop = 0
/** It is new. */
export const deliver = 1
/** The stream must begin again at what was accepted. */
export const reopen = 2
/** The server's log is older than what was seen. */
export const stale = 3
