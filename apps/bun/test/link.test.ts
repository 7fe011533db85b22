import { type Broker, memoryBroker, type StoredEvent } from '@holdfast/core/hub'
import { expect, test, vi } from 'vitest'
import { linkBroker } from '../src/demo/link/link-broker.ts'
import { hostBroker } from '../src/demo/link/link-host.ts'

/** A broker, and another that reaches it over a link whose messages are copied as a channel would. */
function linked(): { broker: Broker; remote: Broker; hangUp(): void } {
  const broker = memoryBroker()
  const host = hostBroker(broker, (answer) => queueMicrotask(() => remote.receive(structuredClone(answer))))
  const remote = linkBroker((ask) => queueMicrotask(() => host.receive(structuredClone(ask))))
  return { broker, remote, hangUp: () => host.close() }
}

function listener(): { events: StoredEvent[]; onEvent(event: StoredEvent): void; onLost(reason: unknown): void } {
  const events: StoredEvent[] = []
  return { events, onEvent: (event) => events.push(event), onLost: vi.fn() }
}

test('publishes, and recognises a key', async () => {
  const { remote } = linked()
  const first = await remote.publish('a', [{ data: '1' }, { event: 'two', data: '2' }], { key: 'k' })
  expect(first).toMatchObject({ position: { offset: 2 }, duplicate: false })
  expect(await remote.publish('a', [{ data: '1' }], { key: 'k' })).toEqual({ ...first, duplicate: true })
})

test('delivers in order what either end publishes, until it unsubscribes', async () => {
  const { broker, remote } = linked()
  const seen = listener()
  const { head, unsubscribe } = await remote.subscribe('a', seen)
  expect(head.offset).toBe(0)
  await broker.publish('a', [{ data: '1' }])
  await remote.publish('a', [{ data: '2' }, { data: '3' }])
  await vi.waitFor(() => expect(seen.events.map(({ data }) => data)).toEqual(['1', '2', '3']))

  await unsubscribe()
  await remote.publish('a', [{ data: '4' }])
  expect(seen.events).toHaveLength(3)
})

test('reads history', async () => {
  const { broker, remote } = linked()
  await broker.publish('a', [{ data: '1' }, { data: '2' }, { data: '3' }])
  const page = await remote.read('a', 'earliest', 2)
  expect(page).toEqual(await broker.read('a', 'earliest', 2))
  expect(page).toMatchObject({ more: true, head: { offset: 3 } })
})

test('keeps nothing for a process that is gone', async () => {
  const { broker, remote, hangUp } = linked()
  const seen = listener()
  await remote.subscribe('a', seen)
  hangUp()
  await broker.publish('a', [{ data: '1' }])
  expect(seen.events).toEqual([])
})

test('rejects what the broker refuses, and what is pending at the end', async () => {
  const { broker, remote } = linked()
  const pending = remote.read('a', 'earliest', 1)
  await remote.close()
  await expect(pending).rejects.toMatchObject({ code: 'broker-link' })

  vi.spyOn(broker, 'publish').mockRejectedValue(new Error('full'))
  await expect(remote.publish('a', [{ data: '1' }])).rejects.toMatchObject({
    code: 'broker-link',
    message: 'Error: full',
  })
})
