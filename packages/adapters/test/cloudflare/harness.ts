import { fileURLToPath } from 'node:url'
import type { TestHarness, WorkerHandle } from 'wrangler'
import { StreamClient } from './client.ts'

type Query = Record<string, string | number | string[]>

/** A Worker in a real workerd. The harness puts a second one in front of it, as `wrangler dev` does. */
export class Harness {
  readonly harness: TestHarness
  url = ''
  #names = 0

  constructor(harness: TestHarness) {
    this.harness = harness
  }

  get worker(): WorkerHandle {
    return this.harness.getWorker()
  }

  /** A name that no other test uses. */
  name(): string {
    return `t${process.pid}-${++this.#names}`
  }

  async listen(): Promise<void> {
    this.url = (await this.harness.listen()).url.href.replace(/\/$/, '')
  }

  stream(query: Query, headers?: Record<string, string>): Promise<StreamClient> {
    return StreamClient.open(this.#url('/events', query), headers)
  }

  async publish(
    topic: string,
    texts: readonly string[],
    more: Query = {},
  ): Promise<{ id: string; duplicate: boolean }> {
    const events = texts.map((data) => ({ data }))
    return (await this.ask('/publish', { topic, ...more }, events)) as { id: string; duplicate: boolean }
  }

  /** @throws what the Worker could not do */
  async ask(path: string, query: Query = {}, body?: unknown): Promise<unknown> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(this.#url(path, query), init)
    const answer = (await response.json()) as unknown
    if (!response.ok) throw new Error(JSON.stringify(answer))
    return answer
  }

  /** Which instance of a topic's object is in memory. Asking makes one. */
  async instance(topic: string): Promise<{ id: string; since: number }> {
    return (await this.ask('/object', { topic, method: 'instance' })) as { id: string; since: number }
  }

  async count(topic: string, binding = 'ROOMY'): Promise<number> {
    return (await this.ask('/count', { topic, binding })) as number
  }

  #url(path: string, query: Query): string {
    const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]))
    return `${this.url}${path}?${new URLSearchParams(pairs)}`
  }
}

/** Start the test Worker, or another. */
export async function startWorker(
  config = './worker/wrangler.jsonc',
  secrets: Record<string, string> = {},
): Promise<Harness> {
  // Read when wrangler is loaded.
  Object.assign(process.env, {
    WRANGLER_BUILD_CONDITIONS: '@holdfast/source,workerd,worker,browser,import',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  })
  const { createTestHarness } = await import('wrangler')
  const configPath = fileURLToPath(new URL(config, import.meta.url))
  const harness = new Harness(createTestHarness({ workers: [{ configPath, secrets }] }))
  await harness.listen()
  return harness
}
