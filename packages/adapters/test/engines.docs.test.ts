import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { boundsOf } from '../src/log/bounds.ts'
import { resolveOptions as ofNats } from '../src/nats/options.ts'
import { resolveOptions as ofSqlite } from '../src/sqlite/options.ts'

const page = await readFile(new URL('../../../docs/engines.md', import.meta.url), 'utf8')

/** The cells of a row of the table of defaults, which begins with an option's name. */
function row(option: string): string[] {
  const line = new RegExp(`^\\| \`${option}\` \\|(.*)\\|$`, 'm').exec(page)?.[1] ?? ''
  return line.split('|').map((cell) => cell.trim())
}

const hours = (ms: number): string => `${ms / 3_600_000} h`
const gibibytes = (bytes: number): string => `${bytes / 2 ** 30} GiB`
const number = (value: number): string => value.toLocaleString('en')
const milliseconds = (ms: number): string => `${number(ms)} ms`

it('docs/engines.md: the defaults are those of the code', () => {
  const [sqlite, nats, log] = [ofSqlite({}), ofNats({}), boundsOf({})]
  expect(row('maxEvents').slice(1)).toEqual([
    number(sqlite.limits.maxEvents),
    number(log.maxEvents),
    number(log.maxEvents),
    `${number(nats.maxEvents)} publications`,
  ])
  expect(row('maxAge').slice(1)).toEqual([
    hours(sqlite.limits.maxAge),
    hours(log.maxAge),
    hours(log.maxAge),
    hours(nats.maxAge),
  ])
  expect(row('maxBytes').slice(1)).toEqual([gibibytes(sqlite.maxBytes), '–', '–', gibibytes(nats.maxBytes)])
  expect(row('timeout').slice(1)).toEqual([
    `${milliseconds(sqlite.lockTimeout)} (\`lockTimeout\`)`,
    milliseconds(log.timeout),
    milliseconds(log.timeout),
    milliseconds(nats.timeout),
  ])
  expect(row('checkInterval').slice(1, 4)).toEqual([
    '–',
    milliseconds(log.checkInterval),
    milliseconds(log.checkInterval),
  ])
})
