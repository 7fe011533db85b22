import type { ConnectOptions, SchemaResult, StandardSchema, TopicEvent } from '../types.ts'

/** The data of an event is not what the schema asks for. */
export interface Refusal {
  /** The schema's issues, or what it or `JSON.parse` threw. */
  readonly cause: unknown
}

/** Checks events, and makes `json()` what the schema made of the data. */
export type Validator = (event: TopicEvent) => Promise<Refusal | undefined> | undefined

/** @returns undefined where nothing is to be checked */
export function createValidator(schema: ConnectOptions['schema']): Validator | undefined {
  if (schema === undefined) return undefined
  return (event) => {
    const standard = standardOf(schema, event.event)
    // An event without data has none that a schema could be about.
    return standard && event.data !== '' ? validate(standard, event) : undefined
  }
}

function standardOf(
  schema: NonNullable<ConnectOptions['schema']>,
  type: string,
): StandardSchema['~standard'] | undefined {
  if (isSchema(schema)) return schema['~standard']
  // An event may be named like what every object has: that is no schema.
  return schema[type]?.['~standard']
}

function isSchema(schema: NonNullable<ConnectOptions['schema']>): schema is StandardSchema {
  return '~standard' in schema
}

async function validate(standard: StandardSchema['~standard'], event: TopicEvent): Promise<Refusal | undefined> {
  try {
    const result: SchemaResult<unknown> = await standard.validate(event.json())
    if (result.issues) return { cause: result.issues }
    event.json = <T>() => result.value as T
    return undefined
  } catch (cause) {
    return { cause }
  }
}
