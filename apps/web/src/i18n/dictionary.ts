import type { en } from './en.ts'

/** All that the page says. English is the one that others are translated from. */
export type Dictionary = typeof en
