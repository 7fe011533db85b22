import { expect, test } from 'vitest'
import { acceptedSockets, attack, head } from './raw.ts'

test('takes in nothing of a body that comes with the request for a stream', async () => {
  const accepted = acceptedSockets()
  const { send, hub } = await attack()
  const client = send(head('GET /events?topic=a', { 'transfer-encoding': 'chunked' }))
  await client.until(/: hint/)
  for (let count = 0; count < 400; count++) client.socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`, 'latin1')
  await hub.publish('a', { data: 'still there' })
  await client.until(/still there/)
  // The rest waits in the kernel and at the client's end.
  expect(accepted).toHaveLength(1)
  expect(accepted[0]?.bytesRead).toBeLessThan(5e6)
  expect(client.socket.writableLength).toBeGreaterThan(10e6)
})
