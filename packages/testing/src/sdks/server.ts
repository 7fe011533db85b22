/** A server whose answers outlive it: `node server.ts <port> <log>`, several of which share a log. */
import { serve } from '@holdfast/adapters/node'
import { sqliteBroker } from '@holdfast/adapters/sqlite'
import { createHub } from '@holdfast/core/hub'
import { setTimeout as wait } from 'node:timers/promises'
import process from 'node:process'
import { answerOf, type Echo, type Kind, type Part } from './answers.ts'

const [port, log] = process.argv.slice(2) as [string, string]
const hub = createHub({ broker: sqliteBroker(log) })
let answers = 0

interface Body {
  id?: number
  method?: string
  params?: { protocolVersion?: string; _meta?: { progressToken?: number } }
  threadId?: string
  runId?: string
}

/** Where the request goes to, by its path. */
const kindOf: Record<string, Kind> = {
  '/v1/chat/completions': 'openai',
  '/api/chat': 'ai',
  '/agent': 'ag-ui',
  '/threads/thread-1/runs/stream': 'langgraph',
  '/mcp': 'mcp',
}

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (request.method === 'GET') {
    if (!pathname.startsWith('/answers/')) return new Response(null, { status: 405 })
    const { kind = '', ...echo } = Object.fromEntries(searchParams)
    return follow(request, pathname, kind as Kind, echo)
  }
  const kind = kindOf[pathname]
  if (!kind) return new Response(null, { status: 404 })
  const body = (await request.json()) as Body
  console.log(JSON.stringify({ posted: pathname, method: body.method }))
  if (kind === 'mcp' && body.method !== 'tools/call') return greet(body)
  const echo = echoOf(kind, body)
  return follow(request, `/answers/${process.pid}-${answers++}`, kind, echo)
}

function echoOf(kind: Kind, { id, params, threadId = '', runId = '' }: Body): Echo {
  if (kind === 'ag-ui') return { threadId, runId }
  return kind === 'mcp' ? { id: `${id}`, token: `${params?._meta?.progressToken}` } : {}
}

// Whoever asks for an answer also stands by to go on with it, should its server have died.
async function follow(request: Request, topic: string, kind: Kind, echo: Echo): Promise<Response> {
  const source = ({ written }: { written: number }): AsyncIterable<Part> => speak(answerOf(kind, echo).slice(written))
  hub.run(topic, source, { key: topic, lease: 2_000 }).catch(() => {})
  const reading = new Request(new URL(request.url), { headers: request.headers, signal: request.signal })
  const response = await hub.respond(reading, { topics: [topic], start: 'earliest' })
  response.headers.set('content-location', `${topic}?${new URLSearchParams({ kind, ...echo })}`)
  return response
}

async function* speak(parts: readonly Part[]): AsyncGenerator<Part> {
  for (const part of parts) {
    await wait(25)
    yield part
  }
}

function greet({ id, method, params }: Body): Response {
  if (id === undefined) return new Response(null, { status: 202 })
  if (method !== 'initialize') {
    return Response.json({ jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found' } })
  }
  const serverInfo = { name: 'test', version: '1.0.0' }
  const result = { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo }
  return Response.json({ jsonrpc: '2.0', id, result })
}

const { url } = await serve({ fetch: answer, port: Number(port), hostname: '127.0.0.1' })
console.log(JSON.stringify({ url }))
