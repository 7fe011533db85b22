import { groupCommands, launch, requireTool } from '@holdfast/testing'
import { cpuOf } from '../cpu.ts'
import { serverCommand } from './contest.ts'
import { nchanModule, startNchan } from './nchan.ts'

/** A server that takes an event with `POST /event` and gives it to everybody who reads `/events`. */
export interface Broadcaster extends AsyncDisposable {
  readonly port: number
  /** What all its processes have used so far. */
  cpuMs(): number
}

export type Start = () => Promise<Broadcaster>

/** Who broadcasts on this machine: ours, `res.write` by hand, and Nchan where it is installed. */
export const broadcasters: Record<string, Start> = {
  holdfast: () => startContender('holdfast'),
  raw: () => startContender('raw'),
  ...startOfNchan(),
}

async function startContender(name: string): Promise<Broadcaster> {
  const [command = '', ...args] = serverCommand('node', name)
  const server = await launch({ command, args, ready: /^port (\d+)$/m })
  return broadcaster(Number(server.url), server)
}

function startOfNchan(): Record<string, Start> {
  const nginx = requireTool('nginx')
  const module = nchanModule()
  if (nginx === undefined || module === undefined) return {}
  return {
    Nchan: async () => {
      const { port, server } = await startNchan(nginx, module)
      return broadcaster(port, server)
    },
  }
}

function broadcaster(port: number, server: { pid: number; close(): Promise<void> }): Broadcaster {
  return {
    port,
    cpuMs: () => [...(groupCommands(server.pid)?.keys() ?? [])].reduce((sum, pid) => sum + cpuOf(pid), 0),
    [Symbol.asyncDispose]: () => server.close(),
  }
}
