// How long is the longest turn while a broker in memory drops 300,000 events that are too old, and forgets their topics?
// Prints milliseconds of CPU, which do not count what other processes take.
import process from 'node:process'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { memoryBroker } from '@holdfast/core/hub'
import { liveHeap } from './live-heap.ts'

const [topics, maxAge] = [300_000, 3_000]
const broker = memoryBroker({ maxAge, maxBytes: 2 ** 30 })
for (let number = 0; number < topics; number++) await broker.publish(`topic ${number}`, [{ data: '0123456789' }])
await setTimeout(maxAge)
// What publishing left behind is not the sweep's.
liveHeap()

let longest = 0
let last = cpu()
// It begins in the turn of whoever asks for something, and goes on in the next ones.
await broker.read('another', 'earliest', 1)
for (const until = performance.now() + 2_000; performance.now() < until;) {
  await setImmediate()
  const now = cpu()
  longest = Math.max(longest, now - last)
  last = now
}
console.log(longest)
await broker.close()

/** Of this thread so far, in milliseconds. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
