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
 * CPU is what it takes until all readers have the first bytes. It is measured in processes of its own: to collect all garbage
 * is also to forget all code that was compiled, and to compile it again would count as accepting. They
 * stand side by side, since what else the machine does changes more within seconds than what is compared.
 */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { SignJWT } from 'jose'
import { compete, competeTogether, type Entrant, type Setting } from './fanout/contest.ts'
import { compare } from './report.ts'
import { inTurns, sum } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 3)
const fewer = Number(process.argv[3] ?? 5_000)
const runtimes = (process.argv[4] ?? 'node,bun,deno').split(',')
const warmUp = 1_000
const slices = 10

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

for (const { runtime, readers, ours } of questions.filter((question) => runtimes.includes(question.runtime))) {
  const contenders = [...ours.map(({ contender }) => contender), 'raw']
  const kept = await inTurns(rounds, contenders, (contender) => keptBy(runtime, contender, readers))
  const accepting: Record<string, number>[] = []
  for (let round = 0; round < rounds; round++) accepting.push(await acceptedBy(runtime, contenders, readers))
  const micros = (contender: string): number[] => accepting.map((costs) => costs[contender] ?? NaN)
  for (const { name, contender, memory, accepting: most } of ours) {
    const who = `${runtime}, ${name}, ${readers.toLocaleString('en')}`
    const [idle, accepts] = [`${who}: idle`, `${who}: accepting`]
    compare(idle, 'KB RSS a connection', kept[contender] ?? [], peer(kept['raw']), { most: memory })
    compare(accepts, 'µs CPU a connection', micros(contender), peer(micros('raw')), most ? { most } : undefined)
  }
}

function peer(costs: number[] = []): { name: string; costs: number[] } {
  return { name: 'raw', costs }
}

/** What a connection keeps, in KB. */
async function keptBy(runtime: string, contender: string, readers: number): Promise<number> {
  const { server, setting } = await entryOf(runtime, contender)
  return compete(server, async (arena) => {
    await arena.read({ ...setting, reading: warmUp })
    const before = await arena.keptMb()
    await arena.read({ ...setting, reading: readers })
    return (((await arena.keptMb()) - before) * 1_024) / readers
  })
}

/** What accepting one takes, in µs of CPU, by contender: all stand side by side, and accept a tenth of their readers at a time. */
async function acceptedBy(
  runtime: string,
  contenders: readonly string[],
  readers: number,
): Promise<Record<string, number>> {
  const entries = new Map<string, Entry>()
  for (const contender of contenders) entries.set(contender, await entryOf(runtime, contender))
  const servers = new Map([...entries].map(([contender, { server }]) => [contender, server]))
  return competeTogether(servers, async (arenaOf) => {
    const read = (contender: string, reading: number): Promise<void> =>
      arenaOf(contender).read({ ...(entries.get(contender) as Entry).setting, reading })
    for (const contender of contenders) await read(contender, warmUp)
    const costs = await inTurns(slices, contenders, async (contender) => {
      const before = await arenaOf(contender).usage()
      await read(contender, readers / slices)
      return ((await arenaOf(contender).usage()).cpuMs - before.cpuMs) * 1_000
    })
    return Object.fromEntries(Object.entries(costs).map(([contender, each]) => [contender, sum(each) / readers]))
  })
}

/** Who competes: a server, and what readers ask of it. */
interface Entry {
  server: Entrant
  setting: Setting
}

async function entryOf(runtime: string, contender: string): Promise<Entry> {
  const path = contender === 'service' ? '/events?topic=bench' : '/events'
  const secret = randomBytes(32)
  const authorization = contender === 'service' ? `Bearer ${await tokenOf(secret)}` : ''
  return {
    server: { runtime, contender, secret: secret.toString('hex') },
    setting: { runtime, contender, reading: 0, stalled: 0, path, authorization },
  }
}

function tokenOf(secret: Uint8Array): Promise<string> {
  return new SignJWT({ sub: 'ann', holdfast: { subscribe: ['bench'] } })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(secret)
}
