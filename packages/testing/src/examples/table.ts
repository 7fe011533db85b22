import { readFile, writeFile } from 'node:fs/promises'
import { workspaceRoot } from '../launch.ts'
import type { Column, Measured } from './measure.ts'

export const tableDocument: string = `${workspaceRoot}docs/frameworks.md`

const headings: Record<Column, string> = {
  opening: 'first byte / an event',
  single: 'single stream',
  fin: 'left by FIN',
  rst: 'left by RST',
  stall: 'stalled reader cut',
  quiet: 'quiet stream kept',
  compression: 'compression',
  client: '`connect()`',
  log: 'log',
}
const columns = Object.keys(headings) as Column[]
const begin = '<!-- measured by npm run test:examples -->'
const end = '<!-- /measured -->'

/** Put new rows into the document's table, and leave its other rows and all its words as they are. */
export async function writeTable(measured: readonly Measured[], order: readonly string[], date: string): Promise<void> {
  const document = await readFile(tableDocument, 'utf8')
  await writeFile(tableDocument, withRows(document, measured, order, date))
}

/** {@link writeTable} on a text. */
export function withRows(
  document: string,
  measured: readonly Measured[],
  order: readonly string[],
  date: string,
): string {
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from < 0 || to < from) throw new Error(`Cannot find "${begin}" and "${end}" in the document`)
  const rows = rowsOf(document.slice(from, to))
  for (const each of measured) rows.set(each.example.name, rowOf(each, date))
  const head = ['example', 'on', 'date', ...columns.map((column) => headings[column])]
  const table = [
    `| ${head.join(' | ')} |`,
    `|${'-|'.repeat(head.length)}`,
    ...order.flatMap((name) => rows.get(name) ?? []),
  ]
  return `${document.slice(0, from)}${begin}\n\n${table.join('\n')}\n\n${document.slice(to)}`
}

/** The rows of a table, by the folders that they link to. */
export function rowsOf(table: string): Map<string, string> {
  return new Map(
    [...table.matchAll(/^\| \[.*?\]\(\.\.\/examples\/([\w-]+)\) .*$/gm)].map(([row, name]) => [name!, row]),
  )
}

function rowOf({ example, versions, cells }: Measured, date: string): string {
  const first = `[${example.title}](../examples/${example.name})`
  return `| ${[first, versions, date, ...columns.map((column) => cells[column])].join(' | ')} |`
}
