import { progress } from './report.ts'

/**
 * Measure some things by name in turns: each once a round, in the other order each time, since who comes second finds the
 * machine otherwise than who comes first.
 */
export async function inTurns<Name extends string, T>(
  rounds: number,
  names: readonly Name[],
  measure: (name: Name) => Promise<T>,
): Promise<Record<Name, T[]>> {
  const measured = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      measured[name].push(await measure(name))
      progress(`round ${round + 1} of ${rounds}: ${name}`)
    }
  }
  return measured
}

export function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0)
}
