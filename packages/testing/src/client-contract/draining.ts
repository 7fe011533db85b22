/**
 * How long a server that drains lets its clients go. They leave within four fifths of it, so the last fifth is what a
 * machine may take to open their new streams: with 0.4 s, a busy one had cut the old stream first.
 */
export const drainWithin = 6_000
