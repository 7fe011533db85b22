import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../../eventually.ts'
import { LaunchedServer } from '../../launch.ts'
import type { Site } from '../site.ts'

/** Whether `connect()`, in the example's own client, gets an event, and the end of a stream that ends. */
export async function client(site: Site): Promise<string> {
  const runClient = (path: string): LaunchedServer =>
    new LaunchedServer({
      command: 'npm',
      args: ['run', '--silent', 'client', site.url + path],
      cwd: site.folder,
    })
  await using follower = runClient('/rooms/client')
  const says = (text: string) => (): boolean => follower.output.includes(text)
  const last = (): string => follower.output
  await eventually('the client to open', says('open'), { within: 20_000, last })
  await site.publish('client', 'for connect()')
  await eventually("the client's event", says('for connect()'), { within: 10_000, last })

  await using single = runClient('/countdown')
  const code = await Promise.race([single.exited, wait(30_000, 'not within 30 s', { ref: false })])
  if (code !== 0) throw new Error(`The client of a stream that ends ended with ${code}\n${single.output}`)
  return 'reads'
}
