import { reportsDisconnect } from '@holdfast/core/adapter'
import type { FetchHandler } from './serve.ts'

/**
 * A handler of which every answer is changed on its way to the runtime. An answer that is no promise stays none:
 * @hono/node-server sends it in the same turn.
 */
export function mapAnswers<Env>(
  fetch: FetchHandler<Env>,
  change: (response: Response, env: Env, request: Request) => Response,
): FetchHandler<Env> {
  return (request, env) => {
    reportsDisconnect(request)
    const answer = fetch(request, env)
    return answer instanceof Promise
      ? answer.then((response) => change(response, env, request))
      : change(answer, env, request)
  }
}
