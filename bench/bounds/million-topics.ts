// How much heap does a broker in memory take to whose topics, a million of them, an event each was published? Prints MB.
import { memoryBroker } from '@holdfast/core/hub'
import { liveHeap } from './live-heap.ts'

const broker = memoryBroker()
const before = liveHeap()
for (let number = 0; number < 1_000_000; number++) {
  const tenBytes = String(number).padStart(10, '0')
  await broker.publish(tenBytes, [{ data: tenBytes }])
}
console.log(liveHeap() - before)
await broker.close()
