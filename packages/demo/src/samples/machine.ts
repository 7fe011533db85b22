import os from 'node:os'
import type { MachineSample } from '../config.ts'

/** A function that looks at the machine. */
export function createMachineSampler(): () => MachineSample {
  let before = processorTime()
  return () => {
    const now = processorTime()
    const elapsed = now.total - before.total
    const cpu = elapsed > 0 ? (100 * (now.busy - before.busy)) / elapsed : 0
    before = now
    const total = os.totalmem()
    return {
      time: Date.now(),
      load: os.loadavg().map(round),
      cpu: round(cpu),
      memory: { used: total - os.freemem(), total },
    }
  }
}

function processorTime(): { busy: number; total: number } {
  let idle = 0
  let total = 0
  for (const { times } of os.cpus()) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return { busy: total - idle, total }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
