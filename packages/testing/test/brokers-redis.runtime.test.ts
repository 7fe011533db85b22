import { brokerContract } from '@holdfast/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import { openBroker, openRedisBroker } from '../src/brokers/engines/redis.ts'
import { faultCases } from '../src/brokers/faults/cases.ts'
import type { OpenAt } from '../src/brokers/faults/scene.ts'
import { redisEngine } from '../src/brokers/redis-engine.ts'
import { RedisServer } from '../src/brokers/redis-server.ts'
import { contractOptions } from '../src/brokers/contract-options.ts'
import { requireTool } from '../src/require-tool.ts'

const redis = requireTool('redis-server')

describe.skipIf(!redis)('redisBroker', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start(redis as string, { durable: true })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  describe('on Node', () => {
    const engine = () => redisEngine(server)
    for (const { name, run } of brokerContract(contractOptions(engine, openBroker))) it(name, run)
  })

  describe('each event once, in order:', () => {
    const open = (): OpenAt => {
      const prefix = `${crypto.randomUUID()}:`
      return (port, options) => openRedisBroker(`redis://127.0.0.1:${port}?prefix=${prefix}`, options)
    }
    for (const { name, run } of faultCases(open, () => server)) it(name, run)
  })

  // They mostly wait.
  it.concurrent.each([
    { runtime: 'node', client: 'redis', protocol: '2' },
    { runtime: 'node', client: 'ioredis', protocol: '3' },
    { runtime: 'bun', client: 'redis', protocol: '3' },
    { runtime: 'deno', client: 'redis', protocol: '3' },
  ] as const)('keeps the contract under $runtime on $client with RESP$protocol', async ({ runtime, ...parameters }) => {
    await using own = await RedisServer.start(redis as string, { durable: true })
    await expectContractUnder(runtime, 'redis', redisEngine(own, parameters))
  })
})
