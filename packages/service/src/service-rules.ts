import { amount, callback, duration, membersOf, type RulesOf, texts } from '@holdfast/core/adapter'
import type { ServiceOptions } from './options.ts'

/** What the options of a service may be. */
export const serviceOptions: RulesOf<ServiceOptions> = {
  hub: aHub,
  auth: anAuth,
  publicTopics: texts,
  cors: (given) => (typeof given === 'function' ? '' : texts(given)),
  limits: {
    bodyBytes: amount,
    bodyTimeout: duration,
    topics: amount,
    topicLength: amount,
    events: amount,
    streamsPerIdentity: amount,
    streamsPerAddress: amount,
  } satisfies RulesOf<NonNullable<ServiceOptions['limits']>>,
  address: callback,
  onError: callback,
}

export function aHub(given: unknown): string {
  const isOne = typeof given === 'function' || typeof membersOf(given)['respond'] === 'function'
  return isOne ? '' : 'a hub, such as createHub(), or a function that finds one'
}

/** What is given instead is not shown: it may be the token itself. */
export function anAuth(given: unknown): string {
  const isOne = given === 'none' || typeof membersOf(given)['authenticate'] === 'function'
  return isOne ? '' : "jwt({ … }), secret(token), or the word 'none' for everybody"
}
