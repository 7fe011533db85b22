/**
 * What does a connection cost that gets nothing: memory, and the CPU of accepting it? Against the hand-written way on the
 * same runtime, each in a fresh process, in turns.
 *
 *     node --conditions=@holdfast/source bench/connections.ts [rounds] [readers] [runtimes]
 *
 * Memory is what the process keeps: RSS once all garbage is collected, on both sides. Without that it would tell how much
 * garbage a young heap of V8 happened to hold when it was looked at, which is up to 10 KB a connection that was just accepted.
 * The first thousand readers are not counted: with them code is compiled, and memory comes that is there once.
 *
 * CPU is what it takes until all readers have the first bytes. It is measured in a process of its own: to collect all garbage
 * is also to forget all code that was compiled, and to compile it again would be a third of what accepting costs ours.
 */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { SignJWT } from 'jose'
import { compete } from './fanout/contest.ts'
import { compare } from './report.ts'

const rounds = Number(process.argv[2] ?? 3)
const fewer = Number(process.argv[3] ?? 5_000)
const runtimes = (process.argv[4] ?? 'node,bun,deno').split(',')
const warmUp = 1_000

/** Ours by what it is called in a line, and the most of raw that it should take. */
interface Ours {
  name: string
  contender: 'holdfast' | 'service'
  memory: number
  accepting?: number
}

const throughServe = { name: 'serve()', contender: 'holdfast' } as const
const throughService = { name: 'the service with a token', contender: 'service' } as const

const questions: { runtime: string; readers: number; ours: Ours[] }[] = [
  {
    runtime: 'node',
    readers: fewer,
    ours: [
      { ...throughServe, memory: 1.2, accepting: 2.5 },
      { ...throughService, memory: 1.6 },
    ],
  },
  { runtime: 'node', readers: 2 * fewer, ours: [{ ...throughServe, memory: 1.2, accepting: 2.5 }] },
  { runtime: 'bun', readers: fewer, ours: [{ ...throughServe, memory: 1.3 }] },
  // 4 KB more than the 57 KB of a stream on `Deno.serve`.
  { runtime: 'deno', readers: fewer, ours: [{ ...throughServe, memory: 1.07 }] },
]

interface Cost {
  kilobytes: number
  micros: number
}

for (const { runtime, readers, ours } of questions.filter((question) => runtimes.includes(question.runtime))) {
  const costs = new Map<string, Cost[]>()
  for (let round = 0; round < rounds; round++) {
    const contenders = [...ours.map(({ contender }) => contender), 'raw']
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed())
      costs.set(contender, [...(costs.get(contender) ?? []), await costOf(runtime, contender, readers)])
  }
  const all = (contender: string, of: keyof Cost): number[] => costs.get(contender)?.map((cost) => cost[of]) ?? []
  const tell = (question: string, unit: string, of: keyof Cost, contender: string, most: number | undefined): void =>
    compare(question, unit, all(contender, of), { name: 'raw', costs: all('raw', of) }, most ? { most } : undefined)
  for (const { name, contender, memory, accepting } of ours) {
    const who = `${runtime}, ${name}, ${readers.toLocaleString('en')}`
    tell(`${who}: idle`, 'KB RSS a connection', 'kilobytes', contender, memory)
    tell(`${who}: accepting`, 'µs CPU a connection', 'micros', contender, accepting)
  }
}

async function costOf(runtime: string, contender: string, readers: number): Promise<Cost> {
  const path = contender === 'service' ? '/events?topic=bench' : '/events'
  const secret = randomBytes(32)
  const authorization = contender === 'service' ? `Bearer ${await tokenOf(secret)}` : ''
  const setting = { runtime, contender, stalled: 0, path, authorization }
  const server = { runtime, contender, secret: secret.toString('hex') }
  return {
    kilobytes: await compete(server, async (arena) => {
      await arena.read({ ...setting, reading: warmUp })
      const before = await arena.keptMb()
      await arena.read({ ...setting, reading: readers })
      return (((await arena.keptMb()) - before) * 1_024) / readers
    }),
    micros: await compete(server, async (arena) => {
      await arena.read({ ...setting, reading: warmUp })
      const before = await arena.usage()
      await arena.read({ ...setting, reading: readers })
      return (((await arena.usage()).cpuMs - before.cpuMs) * 1_000) / readers
    }),
  }
}

function tokenOf(secret: Uint8Array): Promise<string> {
  return new SignJWT({ sub: 'ann', holdfast: { subscribe: ['bench'] } })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(secret)
}
