import { StreamHub } from '../../src/hub/hub.ts'
import type { Hub, HubOptions, RespondOptions } from '../../src/hub/types.ts'
import type { StreamInfo } from '../../src/hub/trace.ts'
import type { StreamClose } from '../../src/fanout/stream-close.ts'
import { Client } from './client.ts'
import { FakeEnvironment } from './fake-environment.ts'
import { get } from './open.ts'

/** A hub in a fake world, and what it said. */
export interface HubScene {
  hub: Hub
  environment: FakeEnvironment
  opens: StreamInfo[]
  closes: (StreamClose & StreamInfo)[]
  errors: unknown[]
}

export function openHub(options: HubOptions = {}, environment: FakeEnvironment = new FakeEnvironment()): HubScene {
  const opens: StreamInfo[] = []
  const closes: (StreamClose & StreamInfo)[] = []
  const errors: unknown[] = []
  const hub = new StreamHub(
    {
      onOpen: (info) => void opens.push(info),
      onClose: (close) => void closes.push(close),
      onError: (error) => void errors.push(error),
      ...options,
    },
    environment,
  )
  return { hub, environment, opens, closes, errors }
}

/** What a test asks of `respond`. */
export type JoinOptions = Omit<RespondOptions, 'topics'> & { request?: Request }

/** Join some topics and read the first bytes. */
export async function join(
  { hub, environment }: HubScene,
  topics: string[],
  options: JoinOptions = {},
): Promise<Client> {
  const { request = get(), ...rest } = options
  const client = new Client(await hub.respond(request, { topics, ...rest }))
  await client.read()
  await environment.settle()
  return client
}

/** Join and read on. */
export async function follow(scene: HubScene, topics: string[], options: JoinOptions = {}): Promise<Client> {
  const client = (await join(scene, topics, options)).follow()
  await scene.environment.settle()
  return client
}
