import { optionsFromEnv } from '@holdfast/service'
import { expect, test } from 'vitest'

test('needs a secret, or the word that none is wanted', () => {
  expect(() => optionsFromEnv({})).toThrow(/HOLDFAST_TOKEN/)
  expect(() => optionsFromEnv({ HOLDFAST_TOKEN: '', HOLDFAST_AUTH: 'yes' })).toThrow(/HOLDFAST_TOKEN/)
  expect(optionsFromEnv({ HOLDFAST_AUTH: 'none' }).auth).toBe('none')
  expect(optionsFromEnv({ HOLDFAST_TOKEN: 's3cret', HOLDFAST_AUTH: 'none' }).auth).not.toBe('none')
})

test('reads lists', () => {
  const env = { HOLDFAST_TOKEN: 's', HOLDFAST_PUBLIC_TOPICS: ' news, prices/* ,', HOLDFAST_CORS_ORIGINS: '' }
  expect(optionsFromEnv(env)).toMatchObject({ publicTopics: ['news', 'prices/*'], cors: [] })
})
