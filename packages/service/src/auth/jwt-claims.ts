import type { JWTPayload } from 'jose'
import { topicMatcher } from '../limits/topics.ts'
import type { Grant } from './auth.ts'

/**
 * What the claims of a verified token grant.
 *
 * @param claim - the name of the claim with the rights: `{ publish?: string[], subscribe?: string[], observe?: boolean }`
 * @param tolerance - milliseconds for which a token counts after `exp`
 * @returns undefined where a claim is not of the shape it must have: what is meant is not guessed
 */
export function grantOf(payload: JWTPayload, claim: string, tolerance: number): Grant | undefined {
  const { sub, exp } = payload as Record<string, unknown>
  const { publish = [], subscribe = [], observe = false } = asRecord(payload[claim] ?? {}) ?? malformed
  if (!isPatterns(publish) || !isPatterns(subscribe) || typeof observe !== 'boolean') return undefined
  if (sub !== undefined && typeof sub !== 'string') return undefined
  return {
    identity: sub,
    expiresAt: typeof exp === 'number' ? exp * 1000 + tolerance : undefined,
    observe,
    publish: topicMatcher(publish),
    subscribe: topicMatcher(subscribe),
  }
}

const malformed: Record<string, unknown> = { publish: null }

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function isPatterns(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((pattern) => typeof pattern === 'string')
}
