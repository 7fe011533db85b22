import library from './library.txt'

const paragraphs = library.trim().split(/\n{2,}/)
const pace = 60

/**
 * Stands in for a language model: answers with the paragraph of a little library that has most words in common with the
 * question, word by word. Put a call of your model here; pass it the signal, and it stops with the answer.
 */
export async function* answerTo(prompt: string, signal: AbortSignal): AsyncGenerator<string> {
  const asked = wordsOf(prompt)
  const relevance = (text: string): number => wordsOf(text).intersection(asked).size
  const answer = paragraphs.toSorted((a, b) => relevance(b) - relevance(a))[0] ?? ''
  for (const word of answer.match(/\S+\s*/g) ?? []) {
    if (signal.aborted) return
    yield word
    await new Promise((resolve) => setTimeout(resolve, pace))
  }
}

// What is shorter is in every text.
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}{4,}/gu))
}
