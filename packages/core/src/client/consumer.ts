import { createTimer } from './clock.ts'
import { type Connection, fail, finish } from './connection.ts'
import { saveInterval } from './constants.ts'
import { addTo, safely } from './safely.ts'
import type { StandardSchema, TopicEvent } from './types.ts'

type Listener = (event: TopicEvent) => void

/** Hands what was accepted to the application: to one loop, or to listeners while there is none. */
export interface Consumer {
  /** Of the last event handed out. */
  lastEventId: string
  /** What the iteration ends with, instead of just ending: one error, or none. */
  readonly failures: unknown[]
  on(type: string, listener: Listener): () => void
  iterate(): AsyncIterator<TopicEvent>
  /** Nothing more will be consumed, so nobody else need be listened to. */
  close(): void
}

export function createConsumer(connection: Connection): Consumer {
  const { options, queue } = connection
  const { store } = options
  const listeners = new Set<[type: string, listener: Listener]>()
  const saving = createTimer(connection.clock, save)
  let turn = Promise.resolve() as Promise<unknown>
  let iterating = false
  let pumping = false
  // What the application has dealt with, and what of that its store has: written at most once a second, never twice at a time.
  let consumed = ''
  let saved = ''
  let writing = false

  // The next event, handed to the listeners. What was handed out before has then been dealt with.
  async function pull(wanted: () => boolean): Promise<TopicEvent | undefined | void> {
    for (;;) {
      consumed = consumer.lastEventId
      saveSoon()
      await queue.ready()
      if (!wanted()) return void (pumping = false)
      const entry = queue.take()
      if (!entry) return consumer.close()
      const { id, event, gap } = entry
      if (event && !(await validate(connection, event))) continue
      consumer.lastEventId = id
      if (gap) void safely(options.onGap, gap)
      if (!event) continue
      // Those of now: one that is added meanwhile begins with the next event.
      for (const [, listener] of [...listeners].filter(([type]) => type === event.event)) void safely(listener, event)
      return event
    }
  }

  async function step(): Promise<IteratorResult<TopicEvent>> {
    const value = await pull(() => true)
    if (!value && consumer.failures.length > 0) throw consumer.failures.pop()
    return { value, done: !value } as IteratorResult<TopicEvent>
  }

  async function save(): Promise<void> {
    writing = true
    saved = consumed
    await safely(() => store?.set(saved))
    writing = false
    saveSoon()
  }

  function saveSoon(): void {
    if (!store || writing || consumed === saved) return
    if (connection.over.signal.aborted) void save()
    else if (!saving.due) saving(saveInterval)
  }

  const consumer: Consumer = {
    lastEventId: '',
    failures: [],
    on(type, listener) {
      const stop = addTo(listeners, [type, listener])
      // Without a loop and without a listener nothing is taken, and so nothing is lost.
      if (!pumping && !iterating) pump()
      return stop
    },
    iterate() {
      iterating = true
      return {
        // Calls that overlap are answered in their order.
        next: () => (turn = turn.then(step, step)),
        async return() {
          finish(connection, 'closed', true)
          return { value: undefined, done: true }
        },
      }
    },
    close() {
      connection.over.abort()
      saving()
      saveSoon()
    },
  }

  function pump(): void {
    pumping = true
    void pull(() => listeners.size > 0 && !iterating).then((event) => event && pump())
  }
  return consumer
}

async function validate(connection: Connection, event: TopicEvent): Promise<boolean> {
  const { schema } = connection.options
  let cause: unknown
  try {
    // Of one for each type, an event may be named like what every object has.
    const standard =
      (schema as StandardSchema | undefined)?.['~standard'] ??
      (schema as Record<string, Partial<StandardSchema>> | undefined)?.[event.event]?.['~standard']
    const result = await standard?.validate(event.json())
    if (result?.issues) cause = result.issues
    else if (result) event.json = <T>() => result.value as T
  } catch (error) {
    cause = error
  }
  if (cause) fail(connection, 'invalid-event', { cause })
  // That ends it, and so may the application in the meantime.
  return !connection.over.signal.aborted
}
