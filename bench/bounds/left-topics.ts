// What is left on the heap of 100,000 topics to each of which somebody has listened once, a thousand at a time? Prints MB.
import { setTimeout } from 'node:timers/promises'
import { createHub } from '@holdfast/core/hub'
import { liveHeap } from './live-heap.ts'

const hub = createHub()
let topics = 0

for (let round = 0; round < 5; round++) await visit(1_000)
// What is let go of by a finalizer is so after a collection.
liveHeap()
await setTimeout(100)
const before = liveHeap()
for (let round = 0; round < 100; round++) await visit(1_000)
console.log(liveHeap() - before)
await hub.close()

async function visit(count: number): Promise<void> {
  const bodies: (ReadableStream<Uint8Array> | null)[] = []
  for (let number = 0; number < count; number++) {
    const response = await hub.respond(new Request('http://x/'), { topics: ['news', `user:${topics++}`] })
    bodies.push(response.body)
  }
  for (const body of bodies) await body?.cancel()
  // A topic that has been left is let go of in the next turns.
  await setTimeout(10)
}
