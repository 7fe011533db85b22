import { expect, it } from 'vitest'
import { Alarm } from '../../../src/cloudflare/object/alarm.ts'
import type { TopicHistory } from '../../../src/cloudflare/object/history.ts'

it('an alarm that is needed sooner is set sooner, also while it is looked up whether there is one', async () => {
  const looking = Promise.withResolvers<null>()
  const set: number[] = []
  const storage = {
    getAlarm: () => looking.promise,
    setAlarm: async (at: number) => void set.push(at),
  } as unknown as DurableObjectStorage
  const history = {
    limits: { maxAge: Infinity, forgetAfter: 86_400_000 },
    stored: true,
    empty: true,
    trimAt: Infinity,
  } as unknown as TopicHistory
  let busy = false
  const alarm = new Alarm(storage, history, { busy: () => busy, used: () => false })
  alarm.set()
  busy = true
  alarm.set()
  const sooner = set.at(-1)
  looking.resolve(null)
  await looking.promise
  await Promise.resolve()
  expect([sooner, set.length]).toEqual([set.at(-1), 1])
})
