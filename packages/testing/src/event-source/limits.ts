import type { Limits } from './contract.ts'

/** What no class written in JavaScript can do. */
export const everywhere: Limits = {
  'open: the events are trusted': 'an event that a script dispatches is not trusted, whoever wrote the script',
}
