/**
 * What does it cost when every reader has a set of topics of its own, against the same readers on one set that they share?
 *
 *     node --conditions=@holdfast/source bench/topic-sets.ts [rounds]
 *
 * Over sockets through `serve()` on Node, of `connect()` clients and of native ones; each answer is of a fresh server, and
 * the two kinds of sets take turns.
 */
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { type Arena, compete, type Setting } from './fanout/contest.ts'
import { compare, quartiles, report } from './report.ts'
import { inTurns } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 3)
const clients = { 'connect()': 'text/event-stream;holdfast=1', native: 'text/event-stream' }
const unit = 'µs CPU a delivery'
// With 50, one collection of all garbage more or less made the same code 0.96 or 1.67 times as dear.
const events = 200

const topics = (names: readonly string[]): string => `/events?${names.map((name) => `topic=${name}`).join('&')}`
const others = Array.from({ length: 31 }, (_, index) => index)
const two = { shared: topics(['bench', 'user:0']), own: topics(['bench', 'user:{n}']) }
const many = {
  shared: topics(['bench', ...others.map((each) => `topic:${each}`)]),
  own: topics(['bench', ...others.map((each) => `own:{n}:${each}`)]),
}

interface Answer {
  /** Of one event a turn. */
  micros: number
  /** RSS of a reader that gets nothing. */
  kilobytes: number
  /** CPU s of 200 events in one turn, how late a timer was, and by how much RSS grew. */
  burst?: { seconds: number; lateMs: number; grewMb: number }
}

for (const [client, accept] of Object.entries(clients)) {
  const own = await measureSets(two, 10_000, (setting) => ask({ ...setting, accept }))
  const most = client === 'native' ? undefined : { most: 1.3 }
  compareSets(`10,000 readers, {news, user:N}, ${client}`, own, most)
  if (client === 'native') {
    const ours = quartiles(own.own.map(({ micros }) => micros)).middle
    report({ question: '10,000 readers, {news, user:N}, native', ours, unit, goal: { most: 2 } })
  }
  const kilobytes = (answers: readonly Answer[]): number[] => answers.map((answer) => answer.kilobytes)
  const peer = { name: 'one set', costs: kilobytes(own.shared) }
  compare(`10,000 readers, {news, user:N}, ${client}, idle`, 'KB a reader', kilobytes(own.own), peer, { most: 1.3 })

  const all = await measureSets(many, 2_000, (setting) => ask({ ...setting, accept }, true))
  compareSets(`2,000 readers, 32 topics, ${client}`, all, { most: client === 'native' ? 2 : 1.3 })
  reportBurst(`2,000 readers, 32 topics, ${client}, 200 events in one turn`, all.own)
}

const stalled = await measureSets(two, 400, askStalled)
const more = stalled.own.map((peak, round) => peak - (stalled.shared[round] as number))
report({
  question: '400 stalled readers, {news, user:N}: more than on one set',
  ours: quartiles(more).middle,
  unit: 'MB RSS',
  goal: { most: 64 },
})

function compareSets(
  question: string,
  { shared, own }: Record<'shared' | 'own', Answer[]>,
  goal?: { most: number },
): void {
  const micros = (answers: readonly Answer[]): number[] => answers.map((answer) => answer.micros)
  compare(question, unit, micros(own), { name: 'one set', costs: micros(shared) }, goal)
}

function reportBurst(question: string, answers: readonly Answer[]): void {
  const middle = (of: keyof NonNullable<Answer['burst']>): number =>
    quartiles(answers.map(({ burst }) => burst?.[of] ?? NaN)).middle
  report({ question, ours: middle('seconds'), unit: 's CPU', goal: { most: 1.5 } })
  report({ question: `${question}: latest timer`, ours: middle('lateMs'), unit: 'ms', goal: { most: 100 } })
  report({ question: `${question}: grows by`, ours: middle('grewMb'), unit: 'MB RSS', goal: { most: 100 } })
}

async function measureSets<T>(
  paths: Record<'shared' | 'own', string>,
  reading: number,
  measure: (setting: Setting) => Promise<T>,
): Promise<Record<'shared' | 'own', T[]>> {
  return inTurns(rounds, ['shared', 'own'], async (kind) =>
    measure({ runtime: 'node', contender: 'holdfast', reading, stalled: 0, path: paths[kind] }),
  )
}

async function ask(setting: Setting, hasBurst = false): Promise<Answer> {
  return compete(setting, async (arena: Arena) => {
    const before = await arena.usage()
    await arena.read(setting)
    await setTimeout(1_000)
    const kilobytes = (((await arena.usage()).rssMb - before.rssMb) * 1_024) / setting.reading
    await arena.publish(20, 1, 100)
    const { cpuMs } = await arena.publish(events, 1, 100)
    const micros = (cpuMs * 1_000) / (events * setting.reading)
    if (!hasBurst) return { micros, kilobytes }
    const { cpuMs: burstMs, lateMs, rssMb, rssPeakMb } = await arena.publish(200, 200, 100)
    return { micros, kilobytes, burst: { seconds: burstMs / 1_000, lateMs, grewMb: rssPeakMb - rssMb } }
  })
}

/** By how much RSS grows at most beside readers that stall, in MB. */
async function askStalled(setting: Setting): Promise<number> {
  return compete(setting, async (arena) => {
    await arena.read({ ...setting, reading: 1 })
    await arena.read({ ...setting, reading: 0, stalled: setting.reading })
    await arena.publish(1_000, 10, 10_000)
    const { rssMb, rssPeakMb } = await arena.publish(5_000, 10, 10_000)
    return rssPeakMb - rssMb
  })
}
