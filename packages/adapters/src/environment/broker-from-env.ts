import { HoldfastError } from '@holdfast/core'
import { checkArgument } from '@holdfast/core/adapter'
import { type Broker, memoryBroker } from '@holdfast/core/hub'
import { openNats, openPostgres, openRedis, openSqlite, type OpenEngine } from './engines.ts'
import { EngineChoiceError, EngineMissingError, EngineUnreachableError } from './errors.ts'

/** A broker that the environment has chosen. */
export interface ChosenBroker {
  readonly broker: Broker
  /** What it is and where, without user and password: `redis at cache.internal:6379`. */
  readonly description: string
  /** Close it, and what was opened for it. */
  close(): Promise<void>
}

type Variables = Readonly<Record<string, string | undefined>>

interface Engine {
  variable: string
  name: string
  schemes: readonly string[]
  open(url: string): Promise<OpenEngine>
}

const engines: readonly Engine[] = [
  { variable: 'REDIS_URL', name: 'redis', schemes: ['redis:', 'rediss:'], open: openRedis },
  { variable: 'DATABASE_URL', name: 'postgres', schemes: ['postgres:', 'postgresql:'], open: openPostgres },
  { variable: 'NATS_URL', name: 'nats', schemes: ['nats:', 'tls:'], open: openNats },
]

/**
 * Open the broker that the environment chooses: `REDIS_URL`, `DATABASE_URL` or `NATS_URL`, or else `HOLDFAST_DATA`, the
 * path of an SQLite file that the processes of this machine share, or `memory`.
 *
 * @param defaultData - where `HOLDFAST_DATA` says nothing. Default `holdfast.sqlite` in the current folder
 * @throws {InvalidOptionError} there is no environment
 * @throws {EngineChoiceError} two engines are named, or a URL is not of its engine's kind
 * @throws {EngineMissingError} the engine's client is not installed
 * @throws {EngineUnreachableError} the engine does not answer, or refuses
 */
export async function brokerFromEnv(env: Variables, defaultData: string = 'holdfast.sqlite'): Promise<ChosenBroker> {
  checkArgument('brokerFromEnv', 'env', env, 'the environment, an object such as process.env')
  const chosen = engines.filter(({ variable }) => env[variable])
  const [engine, other] = chosen
  if (engine && other) {
    throw new EngineChoiceError(`Cannot choose between ${engine.variable} and ${other.variable}: set one of them`)
  }
  if (engine) return openAt(engine, env[engine.variable] as string)
  const data = env['HOLDFAST_DATA'] || defaultData
  if (data === 'memory') return inMemory()
  return opened(`sqlite in ${data}`, 'HOLDFAST_DATA', () => openSqlite(data))
}

function inMemory(): ChosenBroker {
  const broker = memoryBroker()
  return { broker, description: 'memory', close: () => broker.close() }
}

async function openAt({ variable, name, schemes, open }: Engine, given: string): Promise<ChosenBroker> {
  if (!URL.canParse(given) || !schemes.includes(new URL(given).protocol)) {
    // Not quoted: it may hold a password.
    throw new EngineChoiceError(`Cannot use ${variable}: it must be a URL that begins with ${schemes.join('// or ')}//`)
  }
  return opened(`${name} at ${new URL(given).host}`, variable, () => open(given))
}

async function opened(description: string, variable: string, open: () => Promise<OpenEngine>): Promise<ChosenBroker> {
  let engine: OpenEngine | undefined
  try {
    engine = await open()
    // The first thing that needs the engine: what is wrong with it should end the start, and not a request.
    await engine.broker.read('holdfast', 'earliest', 1)
    return { ...engine, description }
  } catch (cause) {
    await engine?.close().catch(() => {})
    if (cause instanceof EngineMissingError) throw cause
    const reason = cause instanceof HoldfastError ? `: ${cause.message}` : ''
    throw new EngineUnreachableError(`Cannot use ${description} (${variable})${reason}`, { cause })
  }
}
