import { InvalidOptionError } from '@holdfast/core'

/** Environment variables as every runtime has them. */
export type Variables = Readonly<Record<string, string | undefined>>

/** The items of a list that is separated by commas. */
export function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/**
 * A count, or undefined where the variable is not set.
 *
 * @throws {InvalidOptionError} a value that is not a positive integer: a limit that is misspelt must not become none
 */
export function countOf(env: object, name: string): number | undefined {
  const text = (env as Variables)[name]?.trim()
  if (!text) return undefined
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidOptionError(`Cannot use ${name}="${text}": it must be a positive integer`)
}

/**
 * The port to listen on: `PORT`, else 3000; 0 for a free one.
 *
 * @throws {InvalidOptionError} a value that is no port
 */
export function portOf({ PORT }: Variables): number {
  const text = PORT?.trim() || '3000'
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidOptionError(`Cannot use PORT="${text}": it must be an integer from 0 to 65535`)
}
