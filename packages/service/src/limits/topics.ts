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
  const topics = [...new Set(new URL(request.url).searchParams.getAll('topic'))]
  if (topics.length === 0) throw new Refused(400, 'invalid-topic', 'Name at least one topic: ?topic=…')
  if (topics.length > limits.topics) {
    throw new Refused(400, 'topic-count', `Cannot subscribe to more than ${limits.topics} topics at once`)
  }
  for (const topic of topics) checkTopic(topic, limits)
  return topics
}

/** Refuse a name that is empty or too long; what else makes a topic is the hub's to say. @throws {Refused} */
export function checkTopic(topic: string, { topicLength }: ResolvedLimits): void {
  if (topic === '') throw new Refused(400, 'invalid-topic', 'A topic must not be empty')
  if (topic.length <= topicLength) return
  throw new Refused(400, 'invalid-topic', `A topic must not be longer than ${topicLength} characters`)
}
