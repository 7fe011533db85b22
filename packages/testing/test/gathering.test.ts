import { expect, it } from 'vitest'
import { Gathering } from '../src/client-contract/gathering.ts'

it('does work once for all who ask side by side, and anew for whoever asks again at its end', async () => {
  const done: string[][] = []
  const gathering = new Gathering((parts: readonly string[]) => {
    done.push(parts.toSorted())
    return Promise.resolve(done.length)
  })
  const first = await Promise.all([gathering.ask(['a']), gathering.ask(['b']), gathering.ask(['a', 'c'])])
  const second = await gathering.ask(['b'])
  expect({ first, second, done }).toEqual({ first: [1, 1, 1], second: 2, done: [['a', 'b', 'c'], ['b']] })
})

it('lets everyone who asked know that the work failed, and works again for the next', async () => {
  let tries = 0
  const gathering = new Gathering(() =>
    ++tries === 1 ? Promise.reject(new Error('no server')) : Promise.resolve('ok'),
  )
  const outcomes = await Promise.allSettled([gathering.ask(['a']), gathering.ask(['b'])])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await gathering.ask(['a'])).toBe('ok')
})
