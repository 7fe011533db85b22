import v8 from 'node:v8'
import vm from 'node:vm'
import process from 'node:process'

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void

/** What is alive on the heap, in MB. */
export function liveHeap(): number {
  collect()
  return process.memoryUsage().heapUsed / 1e6
}
