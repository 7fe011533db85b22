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

/** A name that needs no escaping, and leaves room for what is added: Postgres cuts one after 63 bytes without a word. */
export function schemaName(given: unknown): string {
  const isOne = typeof given === 'string' && /^[a-z_][a-z0-9_]{0,39}$/.test(given)
  return isOne ? '' : 'up to 40 of a–z, 0–9 and _, the first one no digit'
}

export function namesOf(schema: string): SchemaNames {
  return {
    schema: `"${schema}"`,
    topics: `"${schema}".topics`,
    events: `"${schema}".events`,
    version: `"${schema}".version`,
    wakeChannel: `${schema}:wake`,
    signalChannel: `${schema}:signal`,
  }
}
