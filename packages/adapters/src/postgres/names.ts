import { InvalidBrokerOptionError } from '../log/bounds.ts'

/** What a schema's objects and channels are called, ready to stand in a statement. */
export interface SchemaNames {
  schema: string
  topics: string
  events: string
  version: string
  /** Where wake-ups go. */
  wakeChannel: string
  /** Where messages between hubs go. */
  signalChannel: string
}

/**
 * Names that need no escaping, and leave room for what is added: Postgres cuts a name after 63 bytes without a word.
 *
 * @throws {InvalidBrokerOptionError} the schema has another name
 */
export function namesOf(schema: string): SchemaNames {
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(schema))
    throw new InvalidBrokerOptionError(
      `Cannot make the broker: a schema has up to 40 of a–z, 0–9 and _, and begins with no digit, got "${schema}"`,
    )
  return {
    schema: `"${schema}"`,
    topics: `"${schema}".topics`,
    events: `"${schema}".events`,
    version: `"${schema}".version`,
    wakeChannel: `${schema}:wake`,
    signalChannel: `${schema}:signal`,
  }
}
