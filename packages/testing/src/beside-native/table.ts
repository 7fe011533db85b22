import { patience } from './round.ts'
import type { Outcome } from './trial.ts'

/** As Markdown: for each case and client, milliseconds to the next event (median/longest), and what was lost or repeated. */
export function table(outcomes: readonly Outcome[]): string {
  const columns = [...new Set(outcomes.map(columnOf))]
  const rows = [...new Set(outcomes.map((outcome) => outcome.case))].map((name) => {
    const own = outcomes.filter((outcome) => outcome.case === name)
    return [name, ...columns.map((column) => cell(own.filter((outcome) => columnOf(outcome) === column)))]
  })
  return [['', ...columns], ['', ...columns].map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function columnOf({ runtime, kind }: Outcome): string {
  return `${runtime}: ${kind === 'native' ? 'EventSource' : kind}`
}

function cell(outcomes: readonly Outcome[]): string {
  const sorted = outcomes.toSorted((a, b) => a.late - b.late || Number(a.gaveUp) - Number(b.gaveUp))
  const [median, longest] = [sorted[(sorted.length - 1) >> 1], sorted.at(-1)]
  if (!median || !longest) return '–'
  const times = [...new Set([median, longest].map(show))].join('/')
  const { lost, repeated } = sum(outcomes)
  return lost + repeated > 0 ? `${times}; ${lost} lost, ${repeated} repeated` : times
}

/** Of all together. */
export function sum(outcomes: readonly Outcome[]): Pick<Outcome, 'lost' | 'repeated'> {
  const all = { lost: 0, repeated: 0 }
  for (const { lost, repeated } of outcomes) {
    all.lost += lost
    all.repeated += repeated
  }
  return all
}

function show({ late, gaveUp }: Outcome): string {
  if (gaveUp) return 'gave up'
  return late > patience ? `> ${patience / 1_000} s` : String(Math.round(late))
}
