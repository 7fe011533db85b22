import { check, pause, same, typedRejection } from './assert.ts'
import { type CaseDefinition, numbered, publishAll, type Scene } from './scene.ts'

export const faultCases: CaseDefinition[] = [
  {
    name: 'disconnect: publish rejects with a typed error instead of dropping, and works again afterwards',
    needs: 'disconnect',
    run: async (scene) => {
      await scene.broker.publish('a', [{ data: '1' }])
      const reconnect = await scene.fault('disconnect')()
      await typedRejection('publish', scene.broker.publish('a', [{ data: 'lost' }]))
      await typedRejection('read', scene.broker.read('a', 'earliest', 1))
      await reconnect()
      await publishAgain(scene, '2')
      const { events } = await scene.broker.read('a', 'earliest', 10)
      same(
        'history',
        events.map(({ data }) => data),
        ['1', '2'],
      )
    },
  },
  {
    name: 'disconnect: a subscription catches up with what others published meanwhile, also when nothing more comes',
    needs: ['disconnect', 'shared'],
    run: async (scene) => {
      const other = await scene.another()
      const [follower, quiet] = [await scene.follow('a'), await scene.follow('quiet')]
      await publishAll(scene.broker, 'a', ['1', '2'])
      const reconnect = await scene.fault('disconnect')()
      await publishAll(other, 'a', ['3', '4'])
      await publishAll(other, 'quiet', ['only'])
      await reconnect()
      // Nothing more is published: the broker itself must find out, or tell that it may have missed something.
      await scene.eventually('all events', () => follower.events.length >= 4 && quiet.events.length > 0)
      await publishAgain(scene, '5')
      await scene.eventually('the last event', () => follower.events.length >= 5)
      same('heard', [follower.texts, follower.gaps, quiet.texts], [['1', '2', '3', '4', '5'], [], ['only']])
    },
  },
  {
    name: 'restart: what was stored is there, the epoch goes on, subscriptions and keys too',
    needs: 'restart',
    run: async (scene) => {
      const follower = await scene.follow('a')
      const { position } = await scene.broker.publish('a', [{ data: '1' }], { key: 'k' })
      await scene.fault('restart')()
      await publishAgain(scene, '2')
      same('the key', await scene.broker.publish('a', [{ data: 'x' }], { key: 'k' }), { position, duplicate: true })
      await scene.eventually('all events', () => follower.events.length >= 2)
      same('heard', [follower.texts, follower.gaps], [['1', '2'], []])
      same('position', follower.events.at(-1)?.position, { epoch: position.epoch, offset: 2 })
    },
  },
  {
    name: 'history lost: a later epoch begins, and positions of the old one are a gap',
    needs: 'lose-history',
    run: async (scene) => {
      const follower = await scene.follow('a')
      await publishAll(scene.broker, 'a', numbered(3))
      await scene.eventually('all events', () => follower.events.length >= 3)
      const before = (await scene.broker.read('a', 'earliest', 1)).head
      await scene.fault('loseHistory')()
      await publishAgain(scene, 'new')
      const page = await scene.broker.read('a', before, 10)
      same('page', [page.gap, page.events.map(({ data }) => data), page.head.offset], ['new-epoch', ['new'], 1])
      check(page.head.epoch > before.epoch, `Epoch ${page.head.epoch} is not later than ${before.epoch}`)
      await scene.eventually('the new event', () => follower.texts.includes('new'))
      same('gaps', follower.gaps, ['new-epoch'])
    },
  },
]

// The broker needs a moment to find its engine again; the key makes it safe to insist.
async function publishAgain({ broker, within }: Scene, data: string): Promise<void> {
  const deadline = Date.now() + within
  for (;;) {
    try {
      await broker.publish('a', [{ data }], { key: `again ${data}` })
      return
    } catch (error) {
      if (Date.now() >= deadline) throw error
      await pause(20)
    }
  }
}
