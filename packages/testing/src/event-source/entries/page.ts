import { EventSource } from '@holdfast/core/client'
import type { EventSourceClass } from '../context.ts'
import { runSuite } from '../suite.ts'

addEventListener('error', (event) => event.preventDefault())

const own = (globalThis as unknown as { EventSource: EventSourceClass }).EventSource
const { searchParams, origin } = new URL(location.href)
const native = searchParams.has('native')
if (searchParams.has('worker') && 'document' in globalThis) {
  // This module once more, with the same questions.
  const worker = new Worker(`/page.js${location.search}`, { type: 'module' })
  worker.addEventListener('error', ({ message }) => console.error(message))
} else {
  const results = await runSuite({
    EventSource: native ? own : EventSource,
    base: origin,
    otherBase: searchParams.get('otherBase') ?? '',
    native,
  })
  await fetch('/results', { method: 'POST', body: JSON.stringify(results) })
}
