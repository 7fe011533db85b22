import { type Broker, BrokerUnavailableError, createHub, memoryBroker } from '@holdfast/core/hub'
import { expect, onTestFinished, test } from 'vitest'
import { authorized, type Fetch, post, serviceOf, token } from './service.ts'

const secretReason = 'Cannot reach redis://holdfast:hunter2@10.0.0.7'

/** A hub whose broker can be taken away. */
function hubWithOutage() {
  const inner = memoryBroker()
  const outage = { isOn: false }
  const publish: Broker['publish'] = async (...publication) => {
    if (outage.isOn) throw new BrokerUnavailableError(secretReason)
    return inner.publish(...publication)
  }
  const hub = createHub({ broker: { ...inner, publish }, onError: () => {} })
  onTestFinished(() => hub.close())
  return { hub, outage }
}

const probe = async (fetch: Fetch, path: string): Promise<[number, unknown]> => {
  const response = await fetch(path)
  return [response.status, await response.json()]
}

test('is live, and ready until it drains', async () => {
  const { hub, fetch } = serviceOf()
  expect(await probe(fetch, '/livez')).toEqual([200, { status: 'live' }])
  expect(await probe(fetch, '/readyz')).toEqual([200, { status: 'ready' }])
  expect((await fetch('/readyz', { method: 'HEAD' })).status).toBe(200)

  await hub.drain({ within: 0 })
  expect(await probe(fetch, '/livez')).toEqual([200, { status: 'live' }])
  expect(await probe(fetch, '/readyz')).toEqual([503, { status: 'draining' }])
})

test('is not ready, though live, while its broker is lost', async () => {
  const { hub, outage } = hubWithOutage()
  const { fetch } = serviceOf({ hub })
  expect(await probe(fetch, '/readyz')).toEqual([200, { status: 'ready' }])
  outage.isOn = true
  expect((await fetch('/topics/a', post({ data: 1 }))).status).toBe(503)
  expect(await probe(fetch, '/readyz')).toEqual([503, { status: 'broker-lost' }])
  expect(await probe(fetch, '/livez')).toEqual([200, { status: 'live' }])
  const metrics = await (await fetch('/metrics', { headers: authorized })).text()
  expect(metrics).toMatch(/^holdfast_broker_up 0$/m)
  expect(metrics).toMatch(/^holdfast_broker_losses_total 1$/m)

  outage.isOn = false
  expect((await fetch('/topics/a', post({ data: 1 }))).status).toBe(201)
  expect(await probe(fetch, '/readyz')).toEqual([200, { status: 'ready' }])
})

test('tells nobody a token, a topic, an identity or an internal message', async () => {
  const { hub, outage } = hubWithOutage()
  const { fetch } = serviceOf({ hub, publicTopics: ['*'], onError: () => {} })
  const stream = await fetch(`/events?topic=secret-topic&access_token=${token}`, {
    headers: { 'last-event-id': 'odd' },
  })
  outage.isOn = true
  await fetch('/topics/secret-topic', post({ data: 'secret-data' }))
  await fetch('/topics/secret-topic?access_token=wrong-horse', { method: 'POST' })

  const paths = [
    '/livez',
    '/readyz',
    '/stats',
    '/metrics',
    `/stats?access_token=${token}`,
    '/stats?access_token=wrong-horse',
  ]
  for (const path of paths) {
    for (const headers of [{}, authorized]) {
      const response = await fetch(path, { headers })
      const told = JSON.stringify([...response.headers]) + (await response.text())
      expect(told).not.toMatch(/hunter2|10\.0\.0\.7|Cannot reach|horse|secret/)
    }
  }
  await stream.body?.cancel()
})

test('says no more than that something is wrong when a hub cannot be found', async () => {
  const { fetch } = serviceOf({
    hub: () => {
      throw new Error(secretReason)
    },
    onError: () => {},
  })
  const response = await fetch('/readyz')
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('hunter2')
})
