import { baseUrl } from './endpoint-rules.ts'
import type { Endpoint, Endpoints } from './types.ts'

/** Endpoints, in whichever way they are given, as whole URLs. @throws {TypeError} one is not a URL */
export function endpointList(endpoints: Endpoints): { url: URL; priority: number }[] {
  const list = typeof endpoints === 'string' || endpoints instanceof URL ? [endpoints] : endpoints
  return list.map((each: string | URL | Endpoint) => {
    const { url, priority = 0 } = typeof each === 'string' || each instanceof URL ? { url: each } : each
    return { url: new URL(url, baseUrl()), priority }
  })
}
