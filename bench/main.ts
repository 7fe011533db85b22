/**
 * All benches that have goals, in less than 30 minutes, or the parts that are named, and their page.
 *
 *     npm run bench [-- part …]
 *
 * Each part runs in a process of its own, alone; what it reports replaces its part of docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { notes } from './notes.ts'
import { writePart } from './page.ts'
import type { Line } from './report.ts'

const parts: Record<string, { title: string; file: string; args?: string[]; note?: string }> = {
  sets: { title: 'Many sets of topics', file: 'topic-sets.ts', note: notes.sets },
  scale: { title: 'From few to many', file: 'scale.ts', note: notes.scale },
  fanout: { title: 'Fan-out', file: 'fanout.ts', args: ['3'], note: notes.fanout },
  broadcast: { title: 'Fan-out of what comes by HTTP', file: 'broadcast.ts', note: notes.broadcast },
  bounds: { title: 'Bounds', file: 'bounds.ts' },
  connections: { title: 'A connection', file: 'connections.ts', note: notes.connections },
  herd: { title: 'The herd after a deploy', file: 'herd.ts', note: notes.herd },
  parser: { title: 'The parser', file: 'parse.ts', args: ['9'], note: notes.parser },
  connect: { title: 'connect() in replay', file: 'connect.ts', args: ['15'], note: notes.connect },
}

const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  const part = parts[name]
  if (!part) throw new Error(`There is no part "${name}": ${Object.keys(parts).join(', ')}`)
  console.log(`\n${part.title}`)
  const startedAt = performance.now()
  writePart(name, part.title, run(part.file, part.args ?? []), part.note)
  console.log(`This took ${minutesSince(startedAt)}`)
}
console.log(`\nAll of it took ${minutesSince(0)}`)

function minutesSince(startedAt: number): string {
  return `${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`
}

function run(file: string, args: readonly string[]): Line[] {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  const lines = join(folder, 'lines')
  try {
    const path = fileURLToPath(new URL(file, import.meta.url))
    const env = { ...process.env, HOLDFAST_BENCH_LINES: lines }
    const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
    const { status } = spawnSync(node, ['--conditions=@holdfast/source', path, ...args], { stdio: 'inherit', env })
    if (status !== 0) throw new Error(`${file} ended with ${status}`)
    const text = readFileSync(lines, 'utf8')
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
