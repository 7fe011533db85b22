import { expect, it } from 'vitest'
import type { ConnectionGap } from '../../src/client/types.ts'
import { a, checkpoint, event, gap, hello, id, Stage } from './stage.ts'

/** The application's server: what its events have led to by now, and where they are. */
function createServer(): { head: number; load(): { sum: Set<string>; lastEventId: string } } {
  return {
    head: 0,
    load() {
      return {
        sum: new Set(Array.from({ length: this.head }, (_, index) => `${index + 1}`)),
        lastEventId: id(this.head),
      }
    },
  }
}

it('loads the state, then follows: from where the state was, and anew after a gap', async () => {
  const server = createServer()
  server.head = 5
  let state = server.load()
  let loaded = (): void => {}
  const gaps: ConnectionGap[] = []
  const onGap = async (missed: ConnectionGap): Promise<void> => {
    gaps.push(missed)
    await new Promise<void>((resolve) => (loaded = resolve))
    state = server.load()
  }
  const stage = new Stage(a, { lastEventId: state.lastEventId, onGap })
  void (async () => {
    for await (const { data } of stage.connection) state.sum.add(data)
  })()
  const first = await stage.open(hello + checkpoint(5) + event(6))
  expect(stage.last.lastEventId).toBe(id(5))
  expect([...state.sum]).toEqual(['1', '2', '3', '4', '5', '6'])

  // What is missing cannot be had any more. The events after it wait until the state has it.
  server.head = 20
  await stage.send(first, gap(20) + event(21) + event(22))
  expect(gaps).toHaveLength(1)
  expect(state.sum.has('21')).toBe(false)
  server.head = 21
  loaded()
  await stage.settle()
  expect([...state.sum]).toEqual(Array.from({ length: 22 }, (_, index) => `${index + 1}`))
  stage.connection.close()
})

it('begins with the newest event where that is the state', async () => {
  const stage = new Stage(a, { lastEventId: 'last' }).listen()
  await stage.open(hello + checkpoint(6) + event(7))
  expect(stage.last.url.searchParams.get('lastEventId')).toBe('last')
  expect(stage.data).toEqual(['7'])
  stage.connection.close()
})
