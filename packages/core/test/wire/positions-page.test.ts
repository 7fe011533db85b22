import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatPositionId, parsePositionId, type Position, topicKey, topicOf } from '../../src/wire/position.ts'

// The vectors are published, so they are read from where they are published.
const page = readFileSync(new URL('../../../../docs/positions.md', import.meta.url), 'utf8')

function block<T>(name: string): T {
  const text = new RegExp(`^\`\`\`json ${name}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1]
  if (text === undefined) throw new Error(`docs/positions.md has no block "${name}"`)
  return JSON.parse(text) as T
}

interface Vector {
  advanced: string | null
  positions: Record<string, [number, number]>
  id: string
}

describe('docs/positions.md', () => {
  it.each(block<[string, string][]>('keys'))('the key of %j is %s', (topic, key) => expect(topicKey(topic)).toBe(key))

  it.each(block<Vector[]>('vectors'))('writes and reads $id', ({ advanced, positions, id }) => {
    const map = new Map(
      Object.entries(positions).map(([key, [epoch, offset]]): [string, Position] => [key, { epoch, offset }]),
    )
    expect(formatPositionId(advanced ?? undefined, map)).toBe(id)
    expect(parsePositionId(id)).toEqual({ advanced: advanced ?? [...map.keys()].sort()[0], positions: map })
  })

  it.each(block<string[]>('opaque'))('%j is opaque', (id) => expect(parsePositionId(id)).toBeUndefined())

  it('tells the topic of its example', () => {
    const id = /^id: (.*)$/m.exec(page)?.[1] ?? ''
    const data = JSON.parse(/^data: (.*)$/m.exec(page)?.[1] ?? '') as { topics: string[]; to: string }
    expect([data.to, topicOf(id, ['news', 'a'])]).toEqual([id, data.topics[0]])
  })
})
