import type { Limits } from './contract.ts'

/** What no class written in JavaScript can do. */
export const everywhere: Limits = {
  'open: the events are trusted': 'an event that a script dispatches is not trusted, whoever wrote the script',
}

export const workerd: Limits = {
  ...everywhere,
  'prototype: has the members of the interface and no inherited ones':
    'dispatchEvent is its own: workerd 1.2026 calls what it reads as `on…` of any target, first and without `this`, unless kept from it',
}

/** Chromium's own class, where it differs from the standard's text. */
export const chromiumsOwn: Limits = {
  'type accepted: text/event-stream; charset="windows-1251"':
    'Chromium wants UTF-8, though the standard ignores parameters',
  'type refused: none at all': 'Chromium waits for more bytes to guess a type from',
  'retry: anything but digits is ignored':
    'an empty `retry` sets the default again in Chromium; it is no number in the standard',
}
