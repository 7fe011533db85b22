import { library } from './library.ts'

const pace = 120

/**
 * Stands in for a language model: answers with the paragraphs of a little library that have most words in common with the
 * question, word by word. The same question has the same answer, so that another process can go on after `written` words.
 */
export async function* answerTo(prompt: string, written: number, signal: AbortSignal): AsyncGenerator<string> {
  for (const word of wordsFor(prompt).slice(written)) {
    if (signal.aborted) return
    yield word
    await new Promise((resolve) => setTimeout(resolve, pace))
  }
}

/** All words of an answer, with the space after each. */
export function wordsFor(prompt: string): string[] {
  const asked = significantWordsOf(prompt)
  const relevance = (text: string): number => [...significantWordsOf(text)].filter((word) => asked.has(word)).length
  const [answer = ''] = library.toSorted((a, b) => relevance(b) - relevance(a))
  return answer.match(/\S+\s*/g) ?? []
}

// What is shorter is in every text.
function significantWordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}{4,}/gu))
}
