import { describe, expect, it } from 'vitest'
import { SignalReceivers, toPayloads } from '../src/postgres/signals.ts'
import { fromText, toText } from '../src/postgres/text.ts'
import { keysOf, signalChannel } from '../src/redis/keys.ts'

const hostile = [
  '',
  'a',
  '\0',
  '\u0001',
  '\u00010',
  '\u00011\0',
  'a\0\u0001b',
  '{}',
  '}',
  '{a}b',
  '%',
  '%7D',
  '日本 🐟',
]

describe('text in Postgres', () => {
  it.each(hostile)('comes back as it was, without a NUL on the way: %j', (text) => {
    expect(toText(text)).not.toContain('\0')
    expect(fromText(toText(text))).toBe(text)
  })
})

describe('keys in Redis', () => {
  it.each(hostile)('of one topic have one hash tag, and it is not empty: %j', (topic) => {
    const { state, stream, known, channel } = keysOf('p:', topic)
    // What Redis Cluster hashes: between the first { and the first } behind it, unless that is nothing.
    const tags = [state, stream, known, channel].map((key) => /^[^{]*\{([^}]+)\}/.exec(key)?.[1])
    expect(new Set(tags).size).toBe(1)
    expect(tags[0]).toBeTruthy()
  })

  it('of different topics and hubs are different', () => {
    const names = hostile.flatMap((topic) => [...Object.values(keysOf('p:', topic)), signalChannel('p:', topic)])
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('signals in payloads of NOTIFY', () => {
  it.each(['', 'x', '\0'.repeat(3_000), '🐟'.repeat(5_000), 'x'.repeat(65_536)])(
    'come whole, in parts that fit',
    (text) => {
      const receivers = new SignalReceivers()
      const heard: string[] = []
      receivers.add('hub', (received) => void heard.push(received))
      const payloads = toPayloads('hub', text)
      for (const payload of payloads) {
        expect(new TextEncoder().encode(payload).length).toBeLessThan(8_000)
        receivers.receive(payload)
      }
      expect(heard).toEqual([text])
    },
  )

  it('are dropped where the beginning is missing', () => {
    const receivers = new SignalReceivers()
    const heard: string[] = []
    receivers.add('hub', (received) => void heard.push(received))
    for (const payload of toPayloads('hub', 'x'.repeat(5_000)).slice(1)) receivers.receive(payload)
    for (const payload of toPayloads('hub', 'whole')) receivers.receive(payload)
    expect(heard).toEqual(['whole'])
  })
})
