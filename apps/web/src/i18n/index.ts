import type { Dictionary } from './dictionary.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type { Dictionary } from './dictionary.ts'

const isChinese = /^zh\b/i.test(navigator.language)

/** What the page says, in the browser's language. */
export const words: Dictionary = isChinese ? zh : en

/** The language it says it in. */
export const language: string = isChinese ? 'zh' : 'en'

/** Seconds as people read them: `0.08`, `1.3`, `12`. */
export function inSeconds(milliseconds: number): string {
  const seconds = Math.max(milliseconds, 0) / 1_000
  return seconds.toFixed(seconds < 0.995 ? 2 : seconds < 9.95 ? 1 : 0)
}

/** The word for a key that comes from elsewhere; the key itself where there is none. */
export function wordFor(words: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(words, key) ? (words[key] as string) : key
}
