import { comparePositions, formatPositionId, parsePositionId, type Position } from '../wire/position.ts'
import { topicKey } from '../wire/topic-key.ts'
import type { Connection } from './connection.ts'

/** Where the next stream is to resume from: the whole vector, whose first component is the one that advanced. */
export const idOf = ({ accepted, lastEventId }: Connection, advanced?: string): string =>
  accepted.size > 0 ? formatPositionId(advanced, accepted) : lastEventId

/** Begin after an id of another time. */
export function begin(connection: Connection, id: string): void {
  for (const [key, position] of parsePositionId(id)?.positions ?? []) connection.accepted.set(key, position)
  connection.lastEventId = id
}

/** Whether there is more of a topic at `position` than was accepted. */
export function isAhead({ accepted }: Connection, key: string, position: Position): boolean {
  const last = accepted.get(key)
  return !!last && comparePositions(position, last) > 0
}

/** Whether `positions` are all accepted. */
export const covers = (connection: Connection, positions: Iterable<[string, Position]> = []): boolean =>
  [...positions].every(([key, position]) => !isAhead(connection, key, position))

/** Learn the names of topics. @returns their keys */
export const name = ({ names }: Connection, topics: readonly string[]): string[] =>
  topics.map((topic) => {
    const key = topicKey(topic)
    names.set(key, topic)
    return key
  })
