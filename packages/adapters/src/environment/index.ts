/**
 * The log that a deployment chooses, so that one program runs on any of them:
 *
 * ```ts
 * import { createHub } from '@holdfast/core/hub'
 * import { brokerFromEnv } from '@holdfast/adapters/environment'
 * const { broker, close } = await brokerFromEnv(process.env)
 * ```
 *
 * The engine's client (`redis`, `pg`, or `@nats-io/transport-node` and `@nats-io/jetstream`) is yours to install, and
 * loaded only where it is chosen.
 *
 * @module
 */
export { brokerFromEnv, type ChosenBroker } from './broker-from-env.ts'
export { EngineChoiceError, EngineMissingError, EngineUnreachableError } from './errors.ts'
