const longestPrompt = 4_000

/** What `POST /answers` is asked. */
export interface Question {
  prompt: string
}

/** Read the question of a request, or answer why it is none. */
export async function readQuestion(request: Request): Promise<Question | Response> {
  const asked = (await request.json().catch(() => null)) as Partial<Question> | null
  const prompt = asked?.prompt
  if (typeof prompt === 'string' && prompt !== '' && prompt.length <= longestPrompt) return { prompt }
  return Response.json({ title: `Send { "prompt": "…" }, up to ${longestPrompt} characters` }, { status: 400 })
}

/** The answer to a question that was taken. */
export function accepted(topic: string): Response {
  const events = `/events?${new URLSearchParams({ topic, lastEventId: 'earliest' }).toString()}`
  return Response.json({ topic, events }, { status: 202, headers: { location: `/${topic}` } })
}
