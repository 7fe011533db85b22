import { createHub, type Hub } from '@holdfast/core/hub'
import { createService, secret, type ServiceOptions } from '@holdfast/service'
import { onTestFinished } from 'vitest'

/** The secret of the services under test. */
export const token = 'correct-horse-battery-staple'

/** A service over a hub in memory, closed when the test ends. */
export function serviceOf(options: Partial<ServiceOptions> = {}): { hub: Hub; fetch: Fetch } {
  const hub = createHub()
  onTestFinished(() => hub.close())
  const app = createService({ hub, auth: secret(token), ...options })
  return { hub, fetch: (path, init) => Promise.resolve(app.request(path, init)) }
}

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>

/** Headers of a request that carries the secret. */
export const authorized: Record<string, string> = { authorization: `Bearer ${token}` }

/** A request that publishes JSON with the secret. */
export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { ...authorized, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}

/** The status and code of a problem, after checking that it is one. */
export async function problemOf(response: Response): Promise<{ status: number; code: string; detail?: string }> {
  if (response.headers.get('content-type') !== 'application/problem+json') throw new Error('Not a problem')
  const problem = (await response.json()) as { status: number; code: string; detail?: string }
  if (problem.status !== response.status) throw new Error('The status is not the one of the response')
  return problem
}

/** Read a stream until its text matches, then leave it. */
export async function readUntil(response: Response, pattern: RegExp): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    while (!pattern.test(text)) {
      const { done, value } = await reader.read()
      if (done) throw new Error(`The stream ended after ${JSON.stringify(text)}`)
      text += value
    }
    return text
  } finally {
    await reader.cancel()
  }
}
