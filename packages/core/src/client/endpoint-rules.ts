import { checkArgument, type RulesOf } from '../check-options.ts'
import { amount } from '../option-rules.ts'
import type { Endpoint } from './types.ts'

/** What relative URLs are relative to, in a page or a worker. */
export function baseUrl(): string | undefined {
  return (globalThis as { location?: { href: string } }).location?.href
}

function aUrl(given: unknown): string {
  if (typeof given !== 'string') return given instanceof URL ? '' : 'a URL, or a list of URLs'
  // Shown without its query, where tokens are.
  return URL.canParse(given, baseUrl()) ? '' : `a URL, which "${given.replace(/\?.*/s, '')}" is not`
}

const anEndpoint: RulesOf<Endpoint> = { url: aUrl, priority: amount }

/** @throws {InvalidOptionError} there is no endpoint, or what is none */
export function checkEndpoints(given: unknown): void {
  if (!Array.isArray(given)) return checkArgument('connect', 'endpoints', given, aUrl)
  const list: unknown[] = given.length > 0 ? given : [undefined]
  list.forEach((each, index) => {
    const name = `endpoints[${index}]`
    if (typeof each !== 'object' || each instanceof URL) return checkArgument('connect', name, each, aUrl)
    checkArgument('connect', name, each, anEndpoint)
    checkArgument('connect', `${name}.url`, (each as Endpoint).url, aUrl)
  })
}
