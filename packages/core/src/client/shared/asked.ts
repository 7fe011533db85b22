import type { HeadersInit } from '../../web-types.ts'
import { decodeLastEventId } from '../../wire/last-event-id.ts'
import { endpointList } from '../endpoint-list.ts'
import type { Endpoints, EndpointsFunction } from '../types.ts'

/** The parameter of an endpoint's URL by which the service is asked for a topic; it may be there several times. */
const parameter = 'topic'

/** The topics that a URL asks for. */
export function topicsOf(url: string): string[] {
  return new URL(url).searchParams.getAll(parameter)
}

/** The same endpoints, asked for these topics instead. */
export function withTopics(endpoints: Endpoints, topics: Iterable<string>): { url: URL; priority: number }[] {
  return endpointList(endpoints).map(({ url, priority }) => {
    url.searchParams.delete(parameter)
    for (const topic of topics) url.searchParams.append(parameter, topic)
    return { url, priority }
  })
}

/**
 * What tabs have in common that share: their endpoints, whatever the topics. Where the endpoints change with the fleet, what
 * they are asked for at each of them.
 */
export function groupOf(endpoints: Endpoints | EndpointsFunction, asked: string): string {
  const isFunction = typeof endpoints === 'function'
  const urls = withTopics(isFunction ? asked : endpoints, []).map(({ url }) =>
    url.href.slice(isFunction ? url.origin.length : 0),
  )
  return `holdfast ${urls.toSorted().join(' ')}`
}

/** The id that a request resumes from; empty for none. */
export function lastEventIdOf(url: string, headers: HeadersInit | undefined): string {
  const header = new Headers(headers).get('last-event-id')
  return header ? decodeLastEventId(header) : (new URL(url).searchParams.get('lastEventId') ?? '')
}
