/** Milliseconds by row and column: `p50/max`, and of how many. */
export class Table {
  readonly #cells = new Map<string, Map<string, number[]>>()

  add(row: string, column: string, values: readonly number[]): void {
    const cells = this.#cells.get(row) ?? new Map<string, number[]>()
    this.#cells.set(row, cells.set(column, [...(cells.get(column) ?? []), ...values]))
  }

  /** As Markdown. */
  print(title: string): string {
    const columns = [...new Set([...this.#cells.values()].flatMap((cells) => [...cells.keys()]))]
    const lines = [...this.#cells].map(([row, cells]) => [row, ...columns.map((column) => show(cells.get(column)))])
    return [[title, ...columns], ['', ...columns].map(() => '---'), ...lines]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n')
  }
}

function show(values: readonly number[] = []): string {
  if (values.length === 0) return '–'
  const sorted = [...values].sort((a, b) => a - b)
  const [median, most] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)]
  return `${Math.round(median ?? NaN)}/${Math.round(most ?? NaN)} (${values.length})`
}
