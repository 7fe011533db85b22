import type { HubPublication } from '@holdfast/core/hub'
import { answerTo as stream } from '@holdfast/demo/answers'
import type { AnswerPart } from '@holdfast/demo/config'

/**
 * Stands in for a language model: answers with the paragraph of a little library that has most words in common with the
 * question, word by word. Put a call of your model here; pass it the signal, and it stops with the answer.
 */
export async function* answerTo(prompt: string, signal: AbortSignal): AsyncGenerator<HubPublication> {
  for await (const text of stream(prompt, 0, signal)) yield { data: { text, by: 'Cloudflare' } satisfies AnswerPart }
}
