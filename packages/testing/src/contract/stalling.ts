import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import type { RawClient } from '../raw-client/index.ts'
import type { Capabilities } from './capabilities.ts'
import type { SocketFate } from './socket-fate.ts'
import { hang, patience, type Subject } from './subject.ts'

const size = 16_384
/** The hub with room for all of it, so that a stall is found as a stall and not as an overflow. */
const roomy = { roomy: 1 }
// Nobody has to keep up, and a publication costs an object 3 ms of CPU and a commit, however large it is (workerd 1.20261117).
const batch = 240 * 1024

/** A client that stops reading: cut off in time, or served again when it comes back. */
export function stallingContract(subject: Subject, { stalledSocket, takenUnread }: Capabilities): void {
  // More than disappears on the way to a client that reads nothing, or it would not be stalled.
  const count = Math.ceil(takenUnread / size) + 100

  const stalled = async (topic: string, stallTimeout: number): Promise<RawClient> => {
    const client = await subject.stream('/events', { topic, name: topic, stallTimeout, heartbeat: 200, ...roomy })
    client.pause()
    expect(await subject.publish(topic, count, size, { ...roomy, batch })).toEqual({ published: count, failed: 0 })
    return client
  }

  // A disclaimer is tested as well: when a runtime learns to do better, this fails and the README's table can.
  const expectSocket = async (client: RawClient, fate: SocketFate): Promise<void> => {
    if (fate === 'held') await wait(6000)
    const look = (): boolean => subject.socketOf(client) === fate
    await eventually(`a socket that is ${fate}`, look, { within: patience, last: () => subject.socketOf(client) })
  }

  it('a subscriber that stops reading is closed as stalled', async () => {
    const topic = subject.name()
    await stalled(topic, 1000)
    const { reason, duration } = await subject.closed(topic, topic, roomy)
    expect(reason).toBe('stalled')
    expect(duration).toBeGreaterThanOrEqual(1000)
  })

  it('a single stream whose client stops reading is closed as stalled, and its source is stopped', async () => {
    const name = subject.name()
    const client = await subject.stream('/stream', {
      name,
      source: 'burst',
      count,
      size,
      stallTimeout: 1000,
      heartbeat: 200,
    })
    client.pause()
    expect((await subject.closed(name)).reason).toBe('stalled')
    const { source } = await subject.untilStream(name, (record) => record.source!.finished)
    expect(source).toMatchObject({ aborted: true, rejected: 'stream-closed' })
  })

  it.runIf(process.platform === 'linux')(`the socket of a stalled client is then ${stalledSocket.open}`, async () => {
    const topic = subject.name()
    const client = await stalled(topic, 1000)
    await subject.closed(topic)
    await expectSocket(client, stalledSocket.open)
    client.destroy()
  })

  it('a stalled client that then sends FIN is closed once', async () => {
    const topic = subject.name()
    const client = await stalled(topic, 1500)
    client.fin()
    expect((await subject.closed(topic, topic, roomy)).reason).toMatch(/^(stalled|client-closed)$/)
    client.destroy()
  })

  it.runIf(process.platform === 'linux')(
    `the socket of a stalled client that sent FIN is then ${stalledSocket.afterFin}`,
    async () => {
      const topic = subject.name()
      const client = await stalled(topic, 1500)
      client.fin()
      await subject.closed(topic)
      await expectSocket(client, stalledSocket.afterFin)
      client.destroy()
    },
  )

  // Off, or so long that no machine takes it for as much as is published here.
  it.each([0, hang])('heartbeats go on after a full stream has drained (stallTimeout %i)', async (stallTimeout) => {
    const topic = subject.name()
    const client = await stalled(topic, stallTimeout)
    // Several heartbeats fall due while the stream is full.
    await wait(1000)
    expect((await subject.state({ topic, ...roomy })).count).toBe(1)
    client.resume()
    await client.untilAll('everything', () => client.events.length === count)
    expect(client.events.map(({ data }) => Number.parseInt(data))).toEqual([...Array(count).keys()])
    const before = client.comments.length
    await client.until('three more heartbeats', () => client.comments.length >= before + 3)
    client.rst()
  })

  it('an awaited send waits for the reader, and loses nothing', async () => {
    const name = subject.name()
    const total = 2 * count
    const client = await subject.stream('/stream', { name, source: 'burst', count: total, size, stallTimeout: 0 })
    client.pause()
    const sent = await subject.untilBlocked(name)
    expect(sent * size - client.bodyBytes).toBeLessThan(takenUnread)
    client.resume()
    await client.untilAll('the end of the body', () => client.bodyDone)
    expect(client.events.map(({ data }) => Number.parseInt(data))).toEqual([...Array(total).keys()])
    expect(await subject.closed(name)).toMatchObject({ reason: 'ended', events: total })
    client.destroy()
  })
}
