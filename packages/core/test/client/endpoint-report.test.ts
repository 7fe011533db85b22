import { expect, it } from 'vitest'
import { a, b, checkpoint, hello, Stage } from './stage.ts'

it('a connection tells how its endpoints are: what they took, what they say of their load, and who is left alone', async () => {
  const stage = new Stage([a, b]).listen()
  expect(stage.connection.endpoints).toEqual([
    { url: a, head: undefined, load: 0, avoidedFor: 0 },
    { url: b, head: undefined, load: 0, avoidedFor: 0 },
  ])
  await stage.settle()
  const asked = stage.last.host
  await stage.advance(40)
  stage.last.open(hello + checkpoint(0) + ': hint load=0.42\n\n')
  await stage.settle()
  const report = stage.connection.endpoints.find(({ url }) => new URL(url).host === asked)
  expect(report).toMatchObject({ head: 40, load: 0.42, avoidedFor: 0 })
  stage.connection.close()
})

it('one that says for how long it must not be asked is left alone for that long', async () => {
  const stage = new Stage(a).listen()
  await stage.settle()
  stage.last.answer(503, { 'retry-after': '60' })
  await stage.settle()
  const avoidedFor = stage.connection.endpoints[0]?.avoidedFor ?? 0
  expect(avoidedFor).toBeGreaterThanOrEqual(60_000)
  await stage.advance(10_000)
  expect(stage.connection.endpoints[0]?.avoidedFor).toBe(avoidedFor - 10_000)
  stage.connection.close()
})
