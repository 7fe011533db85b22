import { setTimeout as wait } from 'node:timers/promises'
import type { Numbered } from './plan.ts'

/** How many events an answer to a POST has. */
export const answerLength = 80

/** What a model would say to a prompt: some 4 s of events, the second half not before `held`. */
export async function* answer(held: Promise<void>): AsyncGenerator<{ data: Numbered }> {
  for (let n = 0; n < answerLength; n++) {
    if (n === answerLength / 2) await held
    yield { data: { n, at: Date.now() } }
    await wait(50)
  }
}
