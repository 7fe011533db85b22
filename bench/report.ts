import { appendFileSync } from 'node:fs'
import process from 'node:process'

/** One answer of a bench: what it costs us, what it costs the peer, and what it should. */
export interface Line {
  question: string
  /** Why there is no answer on this machine; the figures are NaN then, which JSON has as null. */
  missing?: string
  /** In `unit`. */
  ours: number
  unit: string
  /** Whom it is compared with, and what that costs; undefined where the goal is an amount. */
  peer?: { name: string; cost: number }
  /** Ours by the peer's, in the same round: the median, and the quartiles. */
  ratio?: { low: number; middle: number; high: number }
  /** The most that the ratio, or the amount, should be; the least, for what should be large. */
  goal?: { most: number } | { least: number }
}

/** Tell a line on the console, and to the run that this is a part of. */
export function report(line: Line): void {
  console.log(textOf(line))
  const file = process.env['HOLDFAST_BENCH_LINES']
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`)
}

/** Report that a question can't be answered on this machine. */
export function reportMissing(question: string, missing: string): void {
  report({ question, missing, ours: NaN, unit: '' })
}

/** Say how far a run has come, for whoever watches it. */
export function progress(text: string): void {
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(5)} s  ${text}`)
}

export function isMet({ goal, ratio, ours }: Line): boolean | undefined {
  const value = ratio?.middle ?? ours
  if (!goal) return undefined
  return 'most' in goal ? value <= goal.most : value >= goal.least
}

/** The middle value, and those in the middle of the halves. */
export function quartiles(values: readonly number[]): { low: number; middle: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? NaN
  return { low: at(0.25), middle: at(0.5), high: at(0.75) }
}

/** Report ours against a peer's, from costs of the same rounds. */
export function compare(
  question: string,
  unit: string,
  ours: readonly number[],
  peer: { name: string; costs: readonly number[] },
  goal?: Line['goal'],
): void {
  const ratios = ours.map((cost, round) => cost / (peer.costs[round] ?? NaN))
  report({
    question,
    unit,
    ours: quartiles(ours).middle,
    peer: { name: peer.name, cost: quartiles(peer.costs).middle },
    ratio: quartiles(ratios),
    ...(goal && { goal }),
  })
}

function textOf(line: Line): string {
  const { question, ours, unit, peer, ratio, goal } = line
  if (line.missing) return `${question}: ${line.missing}`
  const met = isMet(line)
  const parts = [
    `${question}: ${ours.toPrecision(3)} ${unit}`,
    peer && `${peer.name} ${peer.cost.toPrecision(3)}`,
    ratio && `${ratio.middle.toFixed(2)} × (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`,
    goal && `goal ${'most' in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`}: ${met ? 'met' : 'NOT met'}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}
