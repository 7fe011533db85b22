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
 * is also to forget all code that was compiled, and to compile it again would be a third of what accepting costs ours. They
 * stand side by side, since what else the machine does changes more within seconds than what is compared.
 */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { SignJWT } from 'jose'
import { type Arena, compete, type Setting } from './fanout/contest.ts'
import { compare } from './report.ts'
import { inTurns } from './rounds.ts'

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
  const { server, setting } = await entrant(runtime, contender)
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
  const entrants = await Promise.all(contenders.map((contender) => entrant(runtime, contender)))
  return competeTogether(entrants, async (arenas) => {
    for (const { arena, setting } of arenas.values()) await arena.read({ ...setting, reading: warmUp })
    const costs = await inTurns(slices, contenders, async (contender) => {
      const { arena, setting } = arenas.get(contender) as Standing
      const before = await arena.usage()
      await arena.read({ ...setting, reading: readers / slices })
      return (await arena.usage()).cpuMs - before.cpuMs
    })
    const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0)
    return Object.fromEntries(Object.entries(costs).map(([name, each]) => [name, (sum(each) * 1_000) / readers]))
  })
}

/** One whose server is up. */
interface Standing {
  arena: Arena
  setting: Setting
}

async function competeTogether<T>(
  [first, ...others]: readonly Entrant[],
  measureThem: (arenas: Map<string, Standing>) => Promise<T>,
  arenas = new Map<string, Standing>(),
): Promise<T> {
  if (!first) return measureThem(arenas)
  return compete(first.server, (arena) => {
    arenas.set(first.server.contender, { arena, setting: first.setting })
    return competeTogether(others, measureThem, arenas)
  })
}

/** Who competes: its server, and what readers ask of it. */
interface Entrant {
  server: { runtime: string; contender: string; secret: string }
  setting: Setting
}

async function entrant(runtime: string, contender: string): Promise<Entrant> {
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
