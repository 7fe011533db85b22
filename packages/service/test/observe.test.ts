import { createHub } from '@holdfast/core/hub'
import { type Auth, jwt, secret } from '@holdfast/service'
import { expect, test, vi } from 'vitest'
import { authorized, post, problemOf, readUntil, serviceOf } from './service.ts'
import { hmacSecret, sign } from './tokens.ts'

const paths = ['/stats', '/metrics']

test('shows JSON: the hub’s counters and the service’s', async () => {
  const { hub, fetch } = serviceOf()
  const stream = await fetch('/events?topic=a', { headers: authorized })
  await fetch('/topics/a', post({ data: 1 }))
  await fetch('/nowhere')
  await readUntil(stream, /data/)
  await vi.waitFor(() => expect(hub.stats().closes['client-closed']).toBe(1))

  const response = await fetch('/stats', { headers: authorized })
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual({ ...hub.stats(), http: { requests: 4, errors: { 'not-found': 1 } } })
})

test('shows the same in Prometheus’ text format', async () => {
  const { fetch } = serviceOf()
  const stream = await fetch('/events?topic=secret-topic', { headers: authorized })
  await fetch('/topics/secret-topic', post({ data: 1 }))
  await fetch('/topics/a', post('{'))
  await readUntil(stream, /data/)

  const response = await fetch('/metrics', { headers: authorized })
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  expect(text).toMatch(/^holdfast_published_total 1$/m)
  expect(text).toMatch(/^holdfast_closes_total\{reason="client-closed"\} [01]$/m)
  expect(text).toMatch(/^holdfast_http_errors_total\{code="invalid-body"\} 1$/m)
  expect(text).not.toContain('secret-topic')
})

test('writes nothing that the format does not know', async () => {
  const { hub, fetch } = serviceOf({ hub: createHub({ load: () => Number.NaN }) })
  await hub.drain({ within: 0 })
  await fetch('/nowhere')
  const text = await (await fetch('/metrics', { headers: authorized })).text()
  const families = text.split(/(?=^# HELP )/m)
  const heads = families.map((family) =>
    /^# HELP (\S+) .+\n# TYPE \1 (counter|gauge|histogram)\n/.exec(family)?.slice(1),
  )
  expect(heads).toEqual([
    ['holdfast_subscribers', 'gauge'],
    ['holdfast_topics', 'gauge'],
    ['holdfast_published_total', 'counter'],
    ['holdfast_delivered_total', 'counter'],
    ['holdfast_bytes_total', 'counter'],
    ['holdfast_closes_total', 'counter'],
    ['holdfast_refusals_total', 'counter'],
    ['holdfast_load', 'gauge'],
    ['holdfast_draining', 'gauge'],
    ['holdfast_resumes_total', 'counter'],
    ['holdfast_replayed_events_total', 'counter'],
    ['holdfast_gaps_total', 'counter'],
    ['holdfast_broker_up', 'gauge'],
    ['holdfast_broker_losses_total', 'counter'],
    ['holdfast_broker_recoveries_total', 'counter'],
    ['holdfast_publish_to_write_seconds', 'histogram'],
    ['holdfast_http_requests_total', 'counter'],
    ['holdfast_http_errors_total', 'counter'],
  ])
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  for (const sample of samples) {
    expect(sample).toMatch(/^holdfast_[a-z_]+(\{[a-z]+="[a-z-]+"\}|\{le="(\d+(\.\d+)?|\+Inf)"\})? (\d+(\.\d+)?|NaN)$/)
  }
  expect(samples.filter((sample) => sample.startsWith('holdfast_closes_total'))).toHaveLength(11)
  expect(text.endsWith('\n')).toBe(true)
})

test('writes delays as Prometheus wants a histogram: in seconds, each class with those below it', async () => {
  const stats = createHub().stats()
  const counts = [3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
  const hub = {
    ...createHub(),
    stats: () => ({ ...stats, publishToWrite: { ...stats.publishToWrite, counts, sum: 12_500 } }),
  }
  const { fetch } = serviceOf({ hub })
  const text = await (await fetch('/metrics', { headers: authorized })).text()
  expect(text.match(/^holdfast_publish_to_write.*$/gm)).toEqual([
    ...['0.001', '0.002'].map((bound) => `holdfast_publish_to_write_seconds_bucket{le="${bound}"} 3`),
    ...['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '5'].map(
      (bound) => `holdfast_publish_to_write_seconds_bucket{le="${bound}"} 4`,
    ),
    'holdfast_publish_to_write_seconds_bucket{le="+Inf"} 6',
    'holdfast_publish_to_write_seconds_sum 12.5',
    'holdfast_publish_to_write_seconds_count 6',
  ])
})

test('needs a token, and one that grants it', async () => {
  const reader: Auth = {
    authenticate: (token) =>
      Promise.resolve(token === 'r' ? { publish: () => true, subscribe: () => true } : undefined),
  }
  const { fetch } = serviceOf({ auth: reader, publicTopics: ['*'] })
  for (const path of paths) {
    expect(await problemOf(await fetch(path))).toMatchObject({ status: 401, code: 'unauthorized' })
    const response = await fetch(path, { headers: { authorization: 'Bearer r' } })
    expect(await problemOf(response)).toMatchObject({ status: 403, code: 'forbidden' })
  }
})

test('is open to the secret, by the claim of a JWT, and where everybody may do everything', async () => {
  const statusOf = async (options: { auth: Auth | 'none' }, token: string) =>
    (await serviceOf(options).fetch('/stats', { headers: { authorization: `Bearer ${token}` } })).status
  expect(await statusOf({ auth: secret('a-secret-long-enough') }, 'a-secret-long-enough')).toBe(200)
  expect(await statusOf({ auth: 'none' }, 'anything')).toBe(200)
  const auth = jwt({ secret: hmacSecret, algorithms: ['HS256'] })
  expect(await statusOf({ auth }, await sign({ holdfast: { observe: true } }))).toBe(200)
  expect(await statusOf({ auth }, await sign({ holdfast: { observe: false } }))).toBe(403)
})

test('answers HEAD and refuses other methods', async () => {
  const { fetch } = serviceOf()
  for (const path of paths) {
    expect((await fetch(path, { method: 'HEAD', headers: authorized })).status).toBe(200)
    expect((await fetch(path, { method: 'POST', headers: authorized })).status).toBe(405)
  }
})
