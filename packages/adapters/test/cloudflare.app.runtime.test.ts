import { execFile } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, StreamClient } from './cloudflare/client.ts'
import { type Harness, startWorker } from './cloudflare/harness.ts'

const folder = fileURLToPath(new URL('../../../apps/worker/', import.meta.url))
const headers = { authorization: 'Bearer a-secret-long-enough', 'content-type': 'application/json' }

let server: Harness
beforeAll(async () => {
  server = await startWorker('../../../../apps/worker/wrangler.jsonc', { HOLDFAST_TOKEN: 'a-secret-long-enough' })
})
afterAll(() => server.harness.close())

function send(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url + path, {
    method,
    headers: { ...headers, ...more },
    body: body === undefined ? null : JSON.stringify(body),
  })
}

function answerOf({ texts }: StreamClient): string {
  return texts.map((text) => (JSON.parse(text) as { text: string }).text).join('')
}

/** A JSON Web Token of someone who may ask. */
function tokenOf(sub: string, secret: string): string {
  const parts = [{ alg: 'HS256' }, { sub, holdfast: { publish: ['answers/*'] } }]
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

async function ask(prompt: string, key?: string): Promise<{ topic: string; events: string }> {
  const response = await send('POST', '/answers', { prompt }, key === undefined ? {} : { 'idempotency-key': key })
  expect(response.status).toBe(202)
  return (await response.json()) as { topic: string; events: string }
}

describe.concurrent('the Worker app', () => {
  it('publishes and subscribes with a token, and not without', async () => {
    const client = await StreamClient.open(`${server.url}/events?topic=news`, headers)
    expect((await fetch(`${server.url}/events?topic=news`)).status).toBe(401)
    expect((await fetch(`${server.url}/topics/news`, { method: 'POST', body: 'x' })).status).toBe(401)
    expect((await send('POST', '/topics/news', { data: { a: 1 } })).status).toBe(201)
    await eventually('the event', () => client.texts.includes('{"a":1}'))
  })

  it('is live and ready, and has a broker to show for it', async () => {
    const probe = async (path: string) => (await fetch(server.url + path)).json()
    expect(await Promise.all(['/livez', '/readyz', '/readyz'].map(probe))).toEqual([
      { status: 'live' },
      { status: 'ready' },
      { status: 'ready' },
    ])
    expect(await (await send('GET', '/stats')).json()).toMatchObject({ broker: { state: 'connected' }, gaps: {} })
    expect(await (await send('GET', '/metrics')).text()).toMatch(/^holdfast_broker_up 1$/m)
  })

  it('answers while nobody reads, and tells all of it to who comes back', async () => {
    const { topic, events } = await ask('What is an event stream?', crypto.randomUUID())
    expect(topic).toMatch(/^answers\/[0-9a-f]{64}$/)
    const first = await StreamClient.open(server.url + events)
    await eventually('some words', () => first.events.length >= 3)
    first.leave()
    await new Promise((resolve) => setTimeout(resolve, 500))
    const reload = await StreamClient.open(server.url + events)
    await eventually('the end', () => reload.closed)
    expect(answerOf(reload)).toMatch(/^An event stream is a response that does not end\. .*without a word\.\s*$/)
    expect(reload.comments.at(-1)).toBe('hint end=done')
    expect((await StreamClient.open(server.url + events.replace('earliest', reload.lastEventId))).response.status).toBe(
      204,
    )
  })

  it('stops an answer', async () => {
    const { topic, events } = await ask('Tell me about tides and the moon')
    const client = await StreamClient.open(server.url + events)
    await eventually('some words', () => client.events.length >= 3)
    expect((await fetch(`${server.url}/${topic}`, { method: 'DELETE' })).status).toBe(401)
    expect((await send('DELETE', `/${topic}`)).status).toBe(204)
    await eventually('the end', () => client.closed)
    expect(client.events.length).toBeLessThan(50)
  })

  it('closes the streams of the ticker for who has the token, so that its page can show that they come back', async () => {
    const client = await StreamClient.open(`${server.url}/events?topic=ticker`)
    expect((await fetch(`${server.url}/faults/0/close`, { method: 'POST' })).status).toBe(401)
    expect((await send('POST', '/faults/0/close')).status).toBe(204)
    await eventually('the end', () => client.closed)
  })

  it('answers a question once, however often it is sent with one key', async () => {
    const key = crypto.randomUUID()
    const asked = await Promise.all([ask('kelp', key), ask('kelp', key), ask('kelp', key)])
    expect(new Set(asked.map(({ topic }) => topic)).size).toBe(1)
    const client = await StreamClient.open(server.url + asked[0].events)
    await eventually('the end', () => client.closed)
    expect(answerOf(client).match(/A holdfast is what/g)).toHaveLength(1)
  })

  it('gives nobody the answer of another who happened to choose the same key', async () => {
    const secret = randomBytes(32).toString('hex')
    const own = await startWorker('../../../../apps/worker/wrangler.jsonc', {
      HOLDFAST_JWT_SECRET: secret,
      HOLDFAST_JWT_ALGORITHMS: 'HS256',
    })
    try {
      const topicOf = async (sub: string): Promise<string> => {
        const asking = { authorization: `Bearer ${tokenOf(sub, secret)}`, 'idempotency-key': '1' }
        const response = await fetch(`${own.url}/answers`, {
          method: 'POST',
          headers: asking,
          body: '{"prompt":"kelp"}',
        })
        return ((await response.json()) as { topic: string }).topic
      }
      const ann = await topicOf('ann')
      expect(await topicOf('ann')).toBe(ann)
      expect(await topicOf('bob')).not.toBe(ann)
    } finally {
      await own.harness.close()
    }
  })

  it('refuses a question that is none', async () => {
    for (const body of [{ prompt: '' }, {}, [], null, 'prompt'])
      expect((await send('POST', '/answers', body)).status).toBe(400)
    expect((await fetch(`${server.url}/answers`, { method: 'POST', body: '{}' })).status).toBe(401)
  })

  it('serves its page', async () => {
    const response = await fetch(`${server.url}/`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect((await fetch(`${server.url}/icon.svg`)).status).toBe(200)
    const config: unknown = await (await fetch(`${server.url}/config.json`)).json()
    expect(config).toMatchObject({ servers: [{ name: 'Cloudflare' }], faults: ['close'] })
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  })

  it('serves a page of another origin, in direct mode too', async () => {
    const origin = 'https://page.example'
    const secrets = { HOLDFAST_TOKEN: 'a-secret-long-enough', HOLDFAST_MODE: 'direct', HOLDFAST_CORS_ORIGINS: origin }
    const own = await startWorker('../../../../apps/worker/wrangler.jsonc', secrets)
    try {
      const client = await StreamClient.open(`${own.url}/events?topic=answers/none`, { origin })
      const { status, headers } = client.response
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin])
      client.leave()
    } finally {
      await own.harness.close()
    }
  })

  it('is ready to be deployed as it is checked out, without a build of the packages', async () => {
    const outdir = await mkdtemp(join(tmpdir(), 'holdfast-worker-'))
    // As in a shell: the harness sets what wrangler finds in a file beside the app.
    const { WRANGLER_BUILD_CONDITIONS: _, ...env } = process.env
    try {
      const { stdout } = await promisify(execFile)('wrangler', ['deploy', '--dry-run', '--outdir', outdir], {
        cwd: folder,
        env,
      })
      expect(stdout).toMatch(/env\.TOPICS \(TopicObject\)\s+Durable Object\b[^]*--dry-run: exiting now/)
      expect(await readFile(join(outdir, 'worker.js'), 'utf8')).toContain('TopicObject')
    } finally {
      await rm(outdir, { recursive: true })
    }
  })
})
