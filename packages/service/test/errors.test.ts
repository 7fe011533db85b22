import * as core from '@holdfast/core'
import * as coreHub from '@holdfast/core/hub'
import { expect, test, vi } from 'vitest'
import { statusOfCode } from '../src/problem.ts'
import { authorized, post, problemOf, serviceOf } from './service.ts'

type ErrorClass = new (...args: string[]) => core.HoldfastError
const exported: [string, unknown][] = Object.entries({ ...core, ...coreHub })
const classes = exported.filter((entry): entry is [string, ErrorClass] => isErrorClass(entry[1]))

function isErrorClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof core.HoldfastError
}

test('finds the error classes', () => {
  expect(classes.map(([name]) => name)).toEqual(
    expect.arrayContaining(['InvalidTopicError', 'HubClosedError', 'InvalidFieldError']),
  )
})

test.each(classes)(
  'answers %s by a status that was decided, without its message where the server is at fault',
  async (_, Class) => {
    const error = new Class('one', '10.0.0.7 is down')
    expect(Object.keys(statusOfCode)).toContain(error.code)

    const { hub, fetch } = serviceOf({ onError: () => {} })
    vi.spyOn(hub, 'publish').mockRejectedValue(error)
    const response = await fetch('/topics/a', post({ data: 1 }))
    expect(response.status).toBe(statusOfCode[error.code])
    expect(response.headers.has('retry-after')).toBe(response.status === 503)
    const problem = await problemOf(response)
    expect(problem.code).toBe(error.code)
    if (response.status >= 500) expect(problem.detail).toBeUndefined()
  },
)

test('knows no code that does not exist', () => {
  const codes = classes.map(([, Class]) => new Class('a', 'b').code)
  expect(new Set(Object.keys(statusOfCode))).toEqual(new Set(codes))
})

test('tells native EventSource to come back when the broker is away, and connect() why', async () => {
  const { hub, fetch } = serviceOf()
  vi.spyOn(hub, 'respond').mockRejectedValue(new coreHub.BrokerUnavailableError('10.0.0.7'))
  const native = await fetch('/events?topic=a', { headers: authorized })
  expect(native.status).toBe(200)
  expect(await native.text()).toMatch(/^retry: ?\d+\n\n$/)
  const accept = 'text/event-stream;holdfast=1'
  const told = await fetch('/events?topic=a', { headers: { ...authorized, accept } })
  expect(await problemOf(told)).toMatchObject({ status: 503, code: 'broker-unavailable' })
  const stats = await (await fetch('/stats', { headers: authorized })).json()
  expect(stats.http.errors).toEqual({ 'broker-unavailable': 2 })
})
