import { queryOf, urlOf } from '@holdfast/core/adapter'
import { Refused } from '../refused.ts'
import type { ResolvedLimits } from './limits.ts'

/** Tells whether a topic is among those meant. */
export type TopicMatcher = (topic: string) => boolean

/** Match exact names, and prefixes written with a `*` at the end: `news`, `prices/*`, `*`. */
export function topicMatcher(patterns: readonly string[]): TopicMatcher {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  const prefixes = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1))
  return (topic) => exact.has(topic) || prefixes.some((prefix) => topic.startsWith(prefix))
}

/** The topics that a subscription asks for, each once. @throws {Refused} */
export function topicsOf(request: Request, limits: ResolvedLimits): string[] {
  const topics = [...new Set(queryOf(request).getAll('topic'))]
  if (topics.length === 0) throw invalid('Name at least one topic: ?topic=…')
  if (topics.length > limits.topics) {
    throw new Refused(400, 'topic-count', `Cannot subscribe to more than ${limits.topics} topics at once`)
  }
  for (const topic of topics) checkTopic(topic, limits)
  return topics
}

/**
 * The topic that a path ends with, percent-decoded once: `/topics/a%2Fb` is about `a/b`.
 *
 * Taken from the URL itself, since a router decodes what it can and leaves the rest as it is.
 *
 * @throws {Refused}
 */
export function topicOfPath(request: Request, limits: ResolvedLimits): string {
  const { pathname } = urlOf(request)
  const topic = decode(pathname.slice(pathname.lastIndexOf('/') + 1))
  checkTopic(topic, limits)
  return topic
}

// What else makes a topic is the hub's to say.
function checkTopic(topic: string, { topicLength }: ResolvedLimits): void {
  if (topic === '') throw invalid('A topic must not be empty')
  if (topic.length > topicLength) throw invalid(`A topic must not be longer than ${topicLength} characters`)
  // In a query it stands for bytes that are not UTF-8, which a path is refused for.
  if (topic.includes('\uFFFD')) throw invalid('A topic must be percent-encoded UTF-8')
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw invalid('A topic must be percent-encoded UTF-8')
  }
}

function invalid(message: string): Refused {
  return new Refused(400, 'invalid-topic', message)
}
