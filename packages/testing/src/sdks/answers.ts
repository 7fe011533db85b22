/** What a model or an agent would answer, in the words of each SDK's protocol. */

export const kinds = ['openai', 'ai', 'ag-ui', 'langgraph', 'mcp'] as const
export type Kind = (typeof kinds)[number]

/** The text of every answer, word by word. */
export const words: readonly string[] = Array.from({ length: 60 }, (_, index) => `word${index} `)

/** Something of an answer, as it is published. */
export interface Part {
  event?: string
  data: unknown
}

/** What a request says that its answer has to repeat. */
export type Echo = Readonly<Record<string, string>>

/** An answer as a list: each part is made the same way by whoever goes on with it. */
export function answerOf(kind: Kind, echo: Echo): Part[] {
  return answers[kind](echo)
}

const answers: Record<Kind, (echo: Echo) => Part[]> = {
  openai: () => [
    ...words.map((content) => ({ data: chunkOf({ content }, null) })),
    { data: chunkOf({}, 'stop') },
    { data: '[DONE]' },
  ],
  ai: () => [
    { data: { type: 'start', messageId: 'message-1' } },
    { data: { type: 'text-start', id: 'text-1' } },
    ...words.map((delta) => ({ data: { type: 'text-delta', id: 'text-1', delta } })),
    { data: { type: 'text-end', id: 'text-1' } },
    { data: { type: 'finish' } },
    { data: '[DONE]' },
  ],
  'ag-ui': ({ threadId, runId }) => [
    { data: { type: 'RUN_STARTED', threadId, runId } },
    { data: { type: 'TEXT_MESSAGE_START', messageId: 'message-1', role: 'assistant' } },
    ...words.map((delta) => ({ data: { type: 'TEXT_MESSAGE_CONTENT', messageId: 'message-1', delta } })),
    { data: { type: 'TEXT_MESSAGE_END', messageId: 'message-1' } },
    { data: { type: 'RUN_FINISHED', threadId, runId } },
  ],
  langgraph: () => [
    { event: 'metadata', data: { run_id: 'run-1', attempt: 1 } },
    ...words.map((word) => ({ event: 'custom', data: { word } })),
    { event: 'end', data: null },
  ],
  mcp: ({ id, token }) => [
    ...words.map((message, progress) => ({
      data: {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: Number(token), progress, message },
      },
    })),
    { data: { jsonrpc: '2.0', id: Number(id), result: { content: [{ type: 'text', text: words.join('') }] } } },
  ],
}

function chunkOf(delta: object, finish: string | null): object {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'test', choices }
}
