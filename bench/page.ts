import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { isMet, type Line } from './report.ts'

const page = new URL('../docs/benchmarks.md', import.meta.url)

const head = `# Benchmarks

Written by \`npm run bench\`, part by part (\`npm run bench -- sets\`). Ours and the peers run in turns within one run; a ratio is
taken within a round, and told as the median and the quartiles. CPU is user and system time of the server's process, garbage
collection included. A goal is what we want; that it is not met is told too.
`

/**
 * Put the lines of a part in its place on the page, with the machine and the load that they were measured at.
 *
 * @param note - what the lines do not say: how it was measured, why a goal is not met, and what was tried
 */
export function writePart(name: string, title: string, lines: readonly Line[], note?: string): void {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : head
  const [begin, end] = [`<!-- part ${name} -->`, `<!-- /part ${name} -->`]
  const text = [
    begin,
    '',
    `## ${title}`,
    '',
    machine(),
    '',
    ...table(lines),
    '',
    ...(note ? [note, ''] : []),
    end,
  ].join('\n')
  const at = before.indexOf(begin)
  const after =
    at < 0 ? `${before}\n${text}\n` : before.slice(0, at) + text + before.slice(before.indexOf(end) + end.length)
  writeFileSync(page, after)
}

function machine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const day = new Date().toISOString().slice(0, 10)
  return (
    `${day}, ${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}, ` +
    `load ${loadavg()[0]?.toFixed(1)}.`
  )
}

function table(lines: readonly Line[]): string[] {
  return ['| | ours | peer | ratio | goal | |', '|---|---|---|---|---|---|', ...lines.map(row)]
}

function row(line: Line): string {
  const { question, ours, unit, peer, ratio, goal } = line
  if (line.missing) return `| ${question} | ${line.missing} | | | | |`
  const met = isMet(line)
  const cells = [
    question,
    `${ours.toPrecision(3)} ${unit}`,
    peer ? `${peer.name}: ${peer.cost.toPrecision(3)}` : '',
    ratio ? `${ratio.middle.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})` : '',
    goal ? ('most' in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`) : '',
    met === undefined ? '' : met ? 'met' : '**not met**',
  ]
  return `| ${cells.join(' | ')} |`
}
