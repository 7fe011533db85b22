import { describe, expectTypeOf, it } from 'vitest'
import { connect, type StandardSchema, type TopicEvent } from '../../src/client/index.ts'

interface Events {
  tick: { price: number }
  message: string
}

// Compiled, not run: what is typed is the contract.
function typed(schema: StandardSchema<{ price: number }>): void {
  const connection = connect<Events>(['https://a.test', { url: 'https://b.test', priority: 100 }], {
    schema: { tick: schema },
  })
  connection.on('tick', (event) => {
    expectTypeOf(event).toEqualTypeOf<TopicEvent<'tick', { price: number }>>()
    expectTypeOf(event.json()).toEqualTypeOf<{ price: number }>()
  })
  // @ts-expect-error it is not in the map
  connection.on('tack', () => {})
  void (async () => {
    for await (const event of connection) {
      if (event.event === 'tick') expectTypeOf(event.json()).toEqualTypeOf<{ price: number }>()
      else expectTypeOf(event.json()).toEqualTypeOf<string>()
    }
  })()
  const single = connect('https://a.test', { schema })
  single.on('anything', (event) => expectTypeOf(event.json()).toEqualTypeOf<{ price: number }>())
  single.on('*', (event) => expectTypeOf(event.json()).toEqualTypeOf<{ price: number }>())
  connect('https://a.test').on('anything', (event) => expectTypeOf(event.json()).toEqualTypeOf<unknown>())
}

describe('the types of connect()', () => {
  it('follow the map of events', () => expectTypeOf(typed).toBeFunction())
})
