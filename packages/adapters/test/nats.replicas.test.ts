import { describe, expect, it } from 'vitest'
import { isKeptByMany } from '../src/nats/replicas.ts'

describe('a stream of NATS on several servers', () => {
  it.each(['2.9.10', '2.9.99', '2.10.26', '1.99.99', '2.10', 'devel', '', undefined])(
    'needs more than %s',
    (version) => {
      const error = expect.objectContaining({
        code: 'nats-version',
        message: expect.stringContaining('2.10.27') as string,
      })
      expect(() => isKeptByMany('holdfast', 3, version)).toThrow(error)
      expect(isKeptByMany('holdfast', 1, version)).toBe(false)
    },
  )

  it.each(['2.10.27', '2.10.28', '2.11.0-RC.1', '2.12.3', '3.0.0'])('is kept by %s', (version) => {
    expect(isKeptByMany('holdfast', 3, version)).toBe(true)
  })
})
