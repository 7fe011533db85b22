import type { Hub } from '@holdfast/core/hub'
import type { Context } from 'hono'
import type { Authorizer } from '../auth/authorize.ts'
import type { ResolvedLimits } from '../limits/limits.ts'
import type { StreamCounter } from '../limits/streams.ts'
import type { Report } from '../report.ts'
import type { Tally } from '../tally.ts'

/** What the handlers share. */
export interface Scope {
  hubOf(context: Context): Hub
  addressOf(context: Context): string | undefined
  authorize: Authorizer
  limits: ResolvedLimits
  streams: StreamCounter
  tally: Tally
  report: Report
}

/** One path and the one method it answers. */
export interface Route {
  method: 'GET' | 'POST'
  path: string
  handle(context: Context): Response | Promise<Response>
}
