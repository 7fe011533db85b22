import type { Hub } from '@holdfast/core/hub'
import type { AnswerPart } from '../config.ts'
import { answerTo } from './model.ts'

// Short, so that whoever looks on sees another server go on: an heir takes over after two thirds of it.
const lease = 3_000

/**
 * Answer a question in a topic of its own, or wait for the server that does to die and go on in its place. Readers come
 * and go; a server that was only asleep finds its place taken, and stops.
 *
 * @param by - the name of this server
 */
export function produce(hub: Hub, topic: string, prompt: string, by: string): void {
  const parts = async function* ({ written, signal }: { written: number; signal: AbortSignal }) {
    for await (const text of answerTo(prompt, written, signal)) yield { data: { text, by } satisfies AnswerPart }
  }
  hub.run(topic, parts, { key: topic, lease }).catch((error: unknown) => console.error(`${by}: ${String(error)}`))
}
