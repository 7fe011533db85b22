import { brokerContract } from '@holdfast/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Harness, startWorker } from './cloudflare/harness.ts'
import { lacks } from './cloudflare/lacks.ts'

const cases = brokerContract({ create: () => Promise.reject(new Error('It runs in the Worker')), lacks })

describe.concurrent('the broker over Durable Objects, in workerd', () => {
  let server: Harness
  beforeAll(async () => {
    server = await startWorker()
  })
  afterAll(() => server.harness.close())

  it.each(cases.filter(({ skip }) => skip === undefined))('$name', async ({ name }) => {
    const response = await fetch(`${server.url}/contract?${new URLSearchParams({ case: name })}`)
    const { found, error } = (await response.json()) as { found?: boolean; error?: string }
    if (error !== undefined) throw new Error(error)
    if (!found) throw new Error(`The Worker has no case "${name}"`)
  })
})
