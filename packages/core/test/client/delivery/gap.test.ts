import { describe, expect, it } from 'vitest'
import { parseGap } from '../../../src/client/delivery/gap.ts'
import { TopicNames } from '../../../src/client/delivery/topic-names.ts'
import { topicKey } from '../../../src/wire/position.ts'

describe("a hub's gap", () => {
  it.each(['trimmed', 'new-epoch', 'unknown-id'])('has the reason %s', (reason) => {
    expect(parseGap(JSON.stringify({ reason, topics: ['a', 'b'], from: 'x', to: 'y' }))).toEqual({
      reason,
      topics: ['a', 'b'],
    })
  })

  it.each([
    '',
    'gap',
    'null',
    '{}',
    '{"reason":"trimmed"}',
    '{"reason":"trimmed","topics":"a"}',
    '{"reason":"trimmed","topics":{"length":1}}',
    '{"reason":"trimmed","topics":["a",1]}',
    '{"topics":["a"]}',
    // What a client finds out for itself, and what nobody says.
    '{"reason":"missed","topics":["a"]}',
    '{"reason":"too-large","topics":["a"]}',
    '{"reason":"","topics":["a"]}',
  ])('is not %s', (data) => expect(parseGap(data)).toBeUndefined())
})

describe('the names of topics', () => {
  const named = (count: number, prefix = 't'): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`)

  it('are found by their keys, in the order in which they were told', () => {
    const names = new TopicNames()
    expect(names.learn(['a', 'news'])).toEqual([topicKey('a'), topicKey('news')])
    expect([names.of(topicKey('news')), names.of(topicKey('b'))]).toEqual(['news', undefined])
  })

  it('of one list are as many as an id can hold', () => {
    const names = new TopicNames()
    expect(names.learn(named(33))).toEqual(named(32).map(topicKey))
    expect(names.of(topicKey('t32'))).toBeUndefined()
  })

  it('are four lists, of which the one that was told longest ago is forgotten', () => {
    const names = new TopicNames()
    for (const prefix of ['a', 'b', 'c', 'd']) names.learn(named(32, prefix))
    names.learn(['a0'])
    expect(names.of(topicKey('a1'))).toBe('a1')
    names.learn(['one more'])
    expect(['a0', 'a1', 'a2', 'one more'].map((name) => names.of(topicKey(name)))).toEqual([
      'a0',
      undefined,
      'a2',
      'one more',
    ])
  })

  it('that no topic of a hub can have are not kept', () => {
    const names = new TopicNames()
    const [longest, longer] = ['x'.repeat(1_024), 'x'.repeat(1_025)]
    expect(names.learn([longest, longer])).toEqual([topicKey(longest), topicKey(longer)])
    expect([names.of(topicKey(longest)), names.of(topicKey(longer))]).toEqual([longest, undefined])
  })
})
