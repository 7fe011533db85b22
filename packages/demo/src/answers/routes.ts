import type { Hub } from '@holdfast/core/hub'
import type { Auth } from '@holdfast/service'
import { isAuthorized, unauthorized } from '../authorized.ts'
import { accepted, readQuestion } from './question.ts'

/** What the routes need. */
export interface AnswerParts {
  hub: Hub
  auth: Auth | 'none'
  /** Begin an answer. */
  begin(topic: string, prompt: string): void | Promise<void>
}

/**
 * `POST /answers` `{ prompt }` begins an answer in a topic that cannot be guessed; `DELETE /answers/…` stops it,
 * wherever it is written. Reading is no business of these: an answer is a topic.
 *
 * @returns undefined for any other request
 */
export async function routeAnswers(request: Request, { hub, auth, begin }: AnswerParts): Promise<Response | undefined> {
  const { method, url } = request
  const { pathname } = new URL(url)
  const isStart = method === 'POST' && pathname === '/answers'
  const [, topic] = (method === 'DELETE' && /^\/(answers\/[\w-]{1,64})$/.exec(pathname)) || []
  if (!isStart && topic === undefined) return undefined
  if (!(await isAuthorized(request, auth))) return unauthorized()
  if (topic !== undefined) {
    await hub.stop(topic)
    return new Response(null, { status: 204 })
  }
  const question = await readQuestion(request)
  if (question instanceof Response) return question
  const newTopic = `answers/${crypto.randomUUID()}`
  await begin(newTopic, question.prompt)
  return accepted(newTopic)
}
