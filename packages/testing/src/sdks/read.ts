/** How each SDK reads an answer, with a fetch that it is given. */
import { HttpAgent } from '@ag-ui/client'
import { Client as LangGraph } from '@langchain/langgraph-sdk'
import { Client as Mcp, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { DefaultChatTransport } from 'ai'
import OpenAI from 'openai'
import type { Kind } from './answers.ts'

/** Ask the server at `url`, and hand out what comes of the answer's text. */
export type Read = (url: string, fetch: typeof globalThis.fetch) => AsyncIterable<string>

export const readers: Record<Kind, Read> = {
  async *openai(url, fetch) {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, fetch, maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Speak' }]
    for await (const { choices } of await client.chat.completions.create({ model: 'test', messages, stream: true })) {
      yield choices[0]?.delta.content ?? ''
    }
  },

  async *ai(url, fetch) {
    const transport = new DefaultChatTransport({ api: `${url}/api/chat`, fetch })
    const stream = await transport.sendMessages({
      trigger: 'submit-message',
      chatId: 'chat-1',
      messageId: undefined,
      messages: [{ id: 'question-1', role: 'user', parts: [{ type: 'text', text: 'Speak' }] }],
      abortSignal: undefined,
    })
    const reader = stream.getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (next.value.type === 'text-delta') yield next.value.delta
    }
  },

  async *'ag-ui'(url, fetch) {
    const agent = new HttpAgent({ url: `${url}/agent`, fetch, threadId: 'thread-1' })
    const { newMessages } = await agent.runAgent({ runId: 'run-1' })
    for (const { content } of newMessages) yield String(content)
  },

  async *langgraph(url, fetch) {
    const client = new LangGraph({ apiUrl: url, callerOptions: { fetch, maxRetries: 0 } })
    for await (const { event, data } of client.runs.stream('thread-1', 'agent', { input: {}, streamMode: 'custom' })) {
      if (event === 'custom') yield (data as { word: string }).word
    }
  },

  async *mcp(url, fetch) {
    const client = new Mcp({ name: 'test', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { fetch }))
    const heard: string[] = []
    const onprogress = ({ message }: { message?: string | undefined }): void => void heard.push(message ?? '')
    const result = await client.callTool({ name: 'speak' }, { onprogress, timeout: 15_000 })
    const [content] = result.content as { text: string }[]
    await client.close()
    // What was told on the way is the same as what came of it.
    yield heard.join('') === content?.text ? heard.join('') : `${heard.join('')} is not ${content?.text}`
  },
}
