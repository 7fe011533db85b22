import { type Auth, bearerTokenOf } from '@holdfast/service'

/** Whether a request may do what the demo offers: who may publish may also break things. */
export async function isAuthorized(request: Request, auth: Auth | 'none'): Promise<boolean> {
  if (auth === 'none') return true
  const grant = await auth.authenticate(bearerTokenOf(request), request)
  return grant?.publish('answers') === true
}

/** The answer to who may not. */
export function unauthorized(): Response {
  return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer realm="holdfast"' } })
}
