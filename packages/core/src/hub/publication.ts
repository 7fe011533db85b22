import { formatBody } from '../wire/encode.ts'
import { InvalidFieldError } from '../wire/errors.ts'
import { serializeData } from '../wire/serialize.ts'
import type { BrokerEvent } from './broker/broker.ts'
import { gapEvent } from './replay/gap.ts'
import type { HubPublication } from './types.ts'

/**
 * Check what is published and serialise it.
 *
 * @throws {InvalidFieldError} the type cannot be written or is the hub's own, the data is missing or no JSON, or there
 *   is no event at all
 */
export function toBrokerEvents(publication: HubPublication | readonly HubPublication[]): BrokerEvent[] {
  const list = Array.isArray(publication) ? (publication as readonly HubPublication[]) : [publication as HubPublication]
  if (list.length === 0) throw new InvalidFieldError('data', 'Cannot publish: the list of events is empty')
  return list.map(toBrokerEvent)
}

function toBrokerEvent({ event, data }: HubPublication): BrokerEvent {
  if (event === gapEvent)
    throw new InvalidFieldError('event', `Cannot publish an event named "${gapEvent}": it announces lost events`)
  const text = serializeData(data)
  if (text === undefined)
    throw new InvalidFieldError('data', 'Cannot publish an event without data: no client would see it')
  formatBody({ event })
  return event === undefined ? { data: text } : { event, data: text }
}
