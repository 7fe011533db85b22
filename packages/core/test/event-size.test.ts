import { describe, expect, it } from 'vitest'
import { createHub } from '../src/hub/index.ts'
import { EventTooLargeError, maxEventBytes } from '../src/wire/errors.ts'
import { EventStreamParser } from '../src/wire/parse.ts'
import { openStream } from './support/open.ts'
import { encodeEvent } from '../src/wire/encode.ts'

// What a hub takes and its client refuses would be asked for again and again.
describe('one limit holds on both sides of the wire', () => {
  const largest = maxEventBytes - 4_096

  it.each([
    ['ASCII', 'x'.repeat(largest)],
    ['UTF-8', '界'.repeat(Math.floor(largest / 3))],
    ['lines', 'x\n'.repeat(largest / 2)],
  ])('a hub takes as much %s as a parser reads', async (_, data) => {
    const hub = createHub()
    await hub.publish('a', { data })
    const events: string[] = []
    const parser = new EventStreamParser({ onEvent: ({ data: read }) => events.push(read) })
    parser.push(encodeEvent({ id: 'c1~6mcnqj1z-1-1', data }))
    expect(events).toHaveLength(1)
    await hub.close()
  })

  it.each([
    ['ASCII', 'x'.repeat(largest + 1)],
    ['UTF-8', '界'.repeat(Math.ceil(largest / 3) + 1)],
  ])('a hub refuses more, in %s', async (_, data) => {
    const hub = createHub()
    await expect(hub.publish('a', { data })).rejects.toThrow(EventTooLargeError)
    await hub.close()
  })

  it('a stream refuses more', async () => {
    const { stream } = openStream()
    await expect(stream.send('x'.repeat(maxEventBytes))).rejects.toMatchObject({ code: 'event-too-large' })
    expect(stream.signal.aborted).toBe(false)
    stream.close()
  })
})
