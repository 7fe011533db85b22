import { serve } from '@holdfast/adapters/node'
import { createHub, type Hub, memoryBroker } from '@holdfast/core/hub'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { soon } from '../src/soon.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, missing, named } from '../src/chromium.ts'
import { examplesOf, typeErrorsIn } from '../src/document-examples.ts'
import { startFaultProxy } from '../src/index.ts'
import { bundle } from '../src/runtimes/bundle.ts'

const recipes = await examplesOf('recipes.md')

/** How each recipe is used, in the order of the page: it tells all that it has by `see`. */
const uses = [
  {
    name: 'Vue',
    code: `import { effectScope, watchEffect } from 'vue'
      import { useEvents } from './recipe.ts'
      const scope = effectScope()
      scope.run(() => {
        const { events } = useEvents(endpoints)
        watchEffect(() => see(events.value), { flush: 'sync' })
      })
      globalThis.leave = () => scope.stop()`,
  },
  {
    name: 'Svelte',
    code: `import { eventsOf } from './recipe.ts'
      globalThis.leave = eventsOf(endpoints).subscribe(see)`,
  },
  {
    name: 'Solid',
    code: `import { createRoot, createRenderEffect } from 'solid-js'
      import { createEvents } from './recipe.ts'
      createRoot((dispose) => {
        const events = createEvents(endpoints)
        createRenderEffect(() => see(events()))
        globalThis.leave = dispose
      })`,
  },
  {
    name: 'TanStack Query',
    code: `import { QueryClient, QueryObserver } from '@tanstack/query-core'
      import { eventsQuery } from './recipe.ts'
      const client = new QueryClient()
      const observer = new QueryObserver(client, eventsQuery(endpoints))
      globalThis.leave = observer.subscribe(({ data }) => see(data ?? []))`,
  },
]

const prelude = `const { endpoints } = globalThis
  const see = (events) => { globalThis.seen = events.map(({ data }) => data) }\n`

interface Kept {
  seen?: string[]
  leave(): void
}

test('docs/recipes.md: the recipes are TypeScript without an error', async () => {
  expect({ recipes: recipes.length, errors: await typeErrorsIn(recipes) }).toEqual({ recipes: uses.length, errors: '' })
})

describe.skipIf(missing)(named('recipes in Chromium'), () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  test.each(uses.map((use, index) => ({ ...use, index })))(
    '$name: a server dies, every event comes once',
    async ({ code, index }) => {
      const broker = memoryBroker()
      await using stack = new AsyncDisposableStack()
      const servers = await Promise.all([0, 1].map(() => start(createHub({ broker, ...cors }), stack)))
      const page = await browser.newPage()
      stack.defer(() => page.close())
      const urls = servers.map(({ proxy }) => `${proxy.url}/events`)
      const script = await build(recipes[index] ?? '', code)
      await page.addInitScript(`globalThis.endpoints = ${JSON.stringify(urls)}`)
      // Of the server that lives on.
      await page.goto(`${servers[1]?.proxy.url}/page`)
      await page.addScriptTag({ content: script, type: 'module' })
      const publish = async (from: number, to: number): Promise<void> => {
        for (let number = from; number < to; number++) await servers[1]?.hub.publish('news', { data: `${number}` })
      }
      await soon(() => expect(servers.some(({ hub }) => hub.stats().subscribers > 0)).toBe(true))
      await publish(0, 20)
      const seen = (): Promise<string[] | undefined> => page.evaluate(() => (globalThis as unknown as Kept).seen)
      await soon(async () => expect(await seen()).toHaveLength(20))
      await servers.find(({ hub }) => hub.stats().subscribers > 0)?.proxy.close()
      await publish(20, 40)
      await soon(async () => expect(await seen()).toEqual(Array.from({ length: 40 }, (_, number) => `${number}`)))
      await page.evaluate(() => (globalThis as unknown as Kept).leave())
      await soon(() => expect(servers.map(({ hub }) => hub.stats().subscribers)).toEqual([0, 0]))
    },
  )
})

const emptyPage = new Blob(['<!doctype html>'], { type: 'text/html' })
const cors = { stream: { headers: { 'access-control-allow-origin': '*' } } }

async function start(
  hub: Hub,
  stack: AsyncDisposableStack,
): Promise<{ hub: Hub; proxy: Awaited<ReturnType<typeof startFaultProxy>> }> {
  const server = await serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) =>
      new URL(request.url).pathname === '/events'
        ? hub.respond(request, { topics: ['news'] })
        : new Response(emptyPage),
  })
  const proxy = await startFaultProxy({ target: server.url })
  stack.defer(async () => {
    await proxy.close()
    await server.close({ hub, within: 0 })
  })
  return { hub, proxy }
}

async function build(recipe: string, use: string): Promise<string> {
  // Here, so that what they import is found; with a dot, so that nothing else looks at it.
  const folder = new URL(`./.recipe-${crypto.randomUUID()}/`, import.meta.url)
  await mkdir(folder)
  try {
    await writeFile(new URL('recipe.ts', folder), recipe)
    await writeFile(new URL('use.js', folder), prelude + use)
    return new TextDecoder().decode(await bundle(new URL('use.js', folder), 'browser'))
  } finally {
    await rm(folder, { recursive: true })
  }
}
