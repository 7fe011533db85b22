import type { Rule } from './check-options.ts'

/** What options often are. */

export const callback = 'a function'

export const text = 'a string'

export const flag = 'a boolean'

export const duration = 'a number of milliseconds, 0 or more'

export const amount = 'a number, 0 or more'

export const anything: Rule = () => ''

/** Of one string alone, which a loop would take apart, it says how to write it. */
export function list(given: unknown): string {
  if (Array.isArray(given)) return ''
  return typeof given === 'string' ? `['${given}']` : 'a list'
}

/** A list of strings. */
export function texts(given: unknown): string {
  return list(given) || ((given as unknown[]).every((each) => typeof each === 'string') ? '' : 'a list of strings')
}

export function wholeFrom(least: number, most: number = Infinity): Rule {
  const wanted = `a whole number from ${least} ${most === Infinity ? 'up' : `to ${most}`}`
  return (given) => (Number.isSafeInteger(given) && Number(given) >= least && Number(given) <= most ? '' : wanted)
}

/** What a value has, of which nothing is known; a string, or none at all, has members as well. */
export function membersOf(given: unknown): Readonly<Record<PropertyKey, unknown>> {
  return Object(given) as Record<PropertyKey, unknown>
}

/** What has these methods, whatever its class. */
export function having(wanted: string, ...methods: readonly PropertyKey[]): Rule {
  return (given) => (methods.every((name) => typeof membersOf(given)[name] === 'function') ? '' : wanted)
}

export const abortSignal: Rule = /* @__PURE__ */ having('an AbortSignal', 'addEventListener')
