import { hostileCases } from '../cases/hostile.ts'
import { type HostileCase, HostileContext, type HostileServers } from './context.ts'

/** The run's name by which a client process knows that it is to play hostile cases. */
export const hostileRun = 'hostile'

/** What a client process is told to do. */
export interface HostilePlan {
  /** Names of cases. */
  cases: string[]
  servers: HostileServers
}

/** How a case went: without an error it passed. */
export interface HostileResult {
  name: string
  error?: string
}

/** Few at a time: a browser opens no more than six connections to a server. */
const atATime = 4

/** Play the cases that the driver asks for, and report to it. Runs everywhere. */
export async function runHostile(control: string): Promise<void> {
  const { cases, servers } = (await (await fetch(`${control}/hostile`)).json()) as HostilePlan
  const chosen = hostileCases.filter(({ name }) => cases.includes(name))
  const results: HostileResult[] = []
  const work = async (queue: HostileCase[]): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const context = new HostileContext(servers)
      const { name } = next
      results.push(
        await next.run(context).then(
          () => ({ name }),
          (error: unknown) => ({ name, error: textOf(error) }),
        ),
      )
      context.finish()
    }
  }
  const together = chosen.filter(({ alone }) => !alone)
  await Promise.all(Array.from({ length: atATime }, () => work(together)))
  await work(chosen.filter(({ alone }) => alone))
  // Read to its end: what is left open would keep the connection, and so the process.
  await (await fetch(`${control}/results`, { method: 'POST', body: JSON.stringify(results) })).text()
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
