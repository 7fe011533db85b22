import type { RingEntry } from './chunk.ts'
import type { Place } from './place.ts'
import { sliceBytes } from './ring.ts'

/** Consecutive entries of one place. */
export interface Run {
  readonly place: Place
  readonly entries: readonly RingEntry[]
}

/** What comes next of one place. */
interface Head {
  readonly place: Place
  sequence: number
  order: number
}

/**
 * What several places have to take, in the order in which it came to any of their rings: about as much as one write may
 * take. Who publishes to two topics, one after the other, is read in that order.
 */
export function mergeRuns(places: readonly Place[]): Run[] {
  const heads = places.map((place) => headAt(place, place.sequence))
  const runs: Run[] = []
  for (let bytes = 0; bytes < sliceBytes;) {
    const [first, second] = lowestTwo(heads)
    if (!first || first.order === Infinity) break
    const from = first.sequence
    bytes += skipUntil(first, second?.order ?? Infinity, sliceBytes - bytes)
    runs.push({ place: first.place, entries: first.place.ring.between(from, first.sequence) })
  }
  return runs
}

function headAt(place: Place, sequence: number): Head {
  return { place, sequence, order: place.ring.orderOf(sequence) ?? Infinity }
}

function lowestTwo(heads: readonly Head[]): [Head | undefined, Head | undefined] {
  let first: Head | undefined
  let second: Head | undefined
  for (const head of heads) {
    if (!first || head.order < first.order) [first, second] = [head, first]
    else if (!second || head.order < second.order) second = head
  }
  return [first, second]
}

/** Skip one entry, and all before `order` as far as they are no more than `maxBytes`. Returns how many bytes these are. */
function skipUntil(head: Head, order: number, maxBytes: number): number {
  const { ring } = head.place
  let bytes = 0
  while (head.order < order && bytes < maxBytes) {
    bytes += ring.sizeOf(head.sequence++)
    head.order = ring.orderOf(head.sequence) ?? Infinity
  }
  return bytes
}
