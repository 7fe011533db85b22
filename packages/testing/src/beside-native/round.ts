import { setTimeout as wait } from 'node:timers/promises'
import { RedisServer } from '../brokers/redis-server.ts'
import { Control } from '../client-contract/control.ts'
import { Publisher } from '../client-contract/publisher.ts'
import type { ClientRuntime, Running } from '../client-contract/runtimes.ts'
import { type Case, stoppedFor } from './cases.ts'
import type { Kind, ReaderNews } from './plan.ts'
import { Stage } from './stage.ts'
import { type Outcome, Trial } from './trial.ts'

/** How long an event is waited for. */
export const patience = 60_000
/** How long readers may take to their first event. */
const starting = 40_000
/** Until two streams are there, and a rhythm is known. */
const settling = 10_000
/** For what comes twice. */
const after = 2_000
/** A client process tells something four times a second. */
const silence = 5_000
const kinds: readonly Kind[] = ['none', 'full', 'native']

/** The readers of one process. */
interface Run {
  name: string
  runtime: ClientRuntime
  trials: readonly Trial[]
}

/** Play all cases at once in each runtime: real servers over one history in Redis, and readers in processes of their own. */
export async function playRound(
  redisPath: string,
  cases: readonly Case[],
  runtimes: readonly ClientRuntime[],
): Promise<Outcome[]> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await RedisServer.start(redisPath))
  const stage = await Stage.set(stack, redis.port)
  const runs = await Promise.all(runtimes.flatMap((runtime) => plan(stage, runtime, cases)))
  const trials = runs.flatMap((run) => run.trials)
  const control = stack.use(new Control())
  await control.listen()
  const heard = answer(control, stage, runs)
  stack.use(new Publisher(redis.port))
  const clients = await Promise.all(
    runs.map(async ({ runtime, name }) => stack.use(await runtime.start(control, encodeURIComponent(name)))),
  )

  const work = async (): Promise<void> => {
    await until(() => trials.every(({ hasBegun }) => hasBegun), starting)
    const late = trials.find(({ hasBegun }) => !hasBegun)
    if (late) throw new Error(`"${late.plan.name}" got nothing in ${starting} ms`)
    await wait(settling)
    await Promise.all(runs.map((run, index) => disturb(run, clients[index] as Running, heard)))
    await until(() => trials.every(({ isDecided }) => isDecided), patience)
    await wait(after)
  }
  await Promise.race([
    work(),
    ...clients.map(({ ended }) => ended.then(() => Promise.reject(new Error('A client ended')))),
  ])
  const silent = runs.find(({ name }) => (heard.get(name) ?? 0) < Date.now() - silence)
  if (silent) throw new Error(`The client process "${silent.name}" tells nothing any more`)
  return trials.map(({ outcome }) => outcome)
}

/** One process for those that are stopped, and one for the others. */
function plan(stage: Stage, runtime: ClientRuntime, cases: readonly Case[]): Promise<Run>[] {
  const parts = [cases.filter(({ stops }) => !stops), cases.filter(({ stops }) => stops)].filter(({ length }) => length)
  return parts.map(async (part) => {
    const trials = part.flatMap((each) =>
      (each.kinds ?? kinds).map(
        async (kind) => new Trial(each, runtime.name, kind, await each.lay(stage, kind === 'native' ? 1 : 3)),
      ),
    )
    const isStopped = part.some(({ stops }) => stops)
    return { name: `${runtime.name}${isStopped ? ' stopped' : ''}`, runtime, trials: await Promise.all(trials) }
  })
}

/** Answer the clients. @returns when each run was heard last */
function answer(control: Control, stage: Stage, runs: readonly Run[]): ReadonlyMap<string, number> {
  const heard = new Map<string, number>()
  control.on('/readers', (_, query) => {
    const run = runs.find(({ name }) => name === query.get('run'))
    return run?.trials.map((trial) => trial.plan)
  })
  control.on('/fleet', () => stage.fleet)
  control.on('/news', (body) => {
    for (const news of JSON.parse(body) as ReaderNews[]) {
      const run = runs.find(({ trials }) => trials.some((trial) => trial.plan.name === news.name))
      if (run) heard.set(run.name, Date.now())
      run?.trials.find((trial) => trial.plan.name === news.name)?.told(news)
    }
  })
  return heard
}

/** Do to the readers of a process what their cases are about. */
async function disturb({ name, trials }: Run, client: Running, heard: ReadonlyMap<string, number>): Promise<void> {
  const disturbed = (): Promise<void>[] => trials.map((trial) => trial.disturb())
  if (!trials.some((trial) => trial.case.stops)) return void (await Promise.all(disturbed()))
  const now = Date.now()
  client.signal('SIGSTOP')
  await Promise.all([wait(stoppedFor), ...disturbed()])
  // What was under way may still have come.
  if ((heard.get(name) ?? 0) > now + stoppedFor / 2) throw new Error(`"${name}" was not stopped`)
  for (const trial of trials) trial.strike()
  client.signal('SIGCONT')
}

async function until(holds: () => boolean, patience: number): Promise<void> {
  const end = Date.now() + patience
  while (!holds() && Date.now() < end) await wait(100)
}
