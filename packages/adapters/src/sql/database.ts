/** What a column holds. */
export type SqlValue = string | number | null

/** What runs SQL in step with its caller: the storage of a Durable Object, or a file. */
export interface SqlDatabase {
  /** Run a query; its rows are read as they are asked for. */
  rows<Row>(sql: string, ...values: SqlValue[]): Iterable<Row>
  run(sql: string, ...values: SqlValue[]): void
}

/** The only row of a query, or undefined. */
export function firstRow<Row>(rows: Iterable<Row>): Row | undefined {
  for (const row of rows) return row
  return undefined
}
