import { pause, same, typedRejection } from './assert.ts'
import type { CaseDefinition } from './scene.ts'

export const closingCases: CaseDefinition[] = [
  {
    name: 'close: afterwards every call rejects with a typed error',
    run: async ({ broker }) => {
      await broker.publish('a', [{ data: 'x' }])
      await broker.close()
      await typedRejection('publish', broker.publish('a', [{ data: 'x' }]))
      await typedRejection('read', broker.read('a', 'earliest', 1))
      await typedRejection('subscribe', broker.subscribe('a', { onEvent: () => {}, onLost: () => {} }))
    },
  },
  {
    name: 'close: twice, also at once, is as good as once, and unsubscribing afterwards is fine',
    run: async (scene) => {
      const recorder = await scene.record('a')
      await Promise.all([scene.broker.close(), scene.broker.close()])
      await scene.broker.close()
      await recorder.stop()
    },
  },
  {
    name: 'close: subscriptions hear nothing any more',
    run: async (scene) => {
      const recorder = await scene.record('a')
      const publishing = scene.broker.publish('a', [{ data: 'x' }]).catch(() => {})
      await scene.broker.close()
      const { length } = recorder.events
      await publishing
      await pause(20)
      same('heard after it', recorder.events.length, length)
      same('told as lost', recorder.losses, [])
    },
  },
]
