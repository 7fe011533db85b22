import { untilAborted, withLinger } from '@holdfast/core/adapter'
import type { Hub } from '@holdfast/core/hub'
import type { Control } from '../protocol.ts'
import type { HubObjects } from './namespace.ts'
import { ObjectSocket } from './object-socket.ts'

type Source = Parameters<Hub['run']>[1]
type RunOptions = NonNullable<Parameters<Hub['run']>[2]>

/**
 * Run a producer in a Worker. Its readers are known to the topic's object alone, which is asked for them, and so is
 * whoever stops it, who is heard on a line.
 */
export async function runStoppable(
  objects: HubObjects,
  topic: string,
  source: Source,
  { linger = Infinity, signal, ...options }: RunOptions,
  run: (source: Source, options: RunOptions) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const line = new ObjectSocket(
    objects,
    { topic },
    { kind: 'line' },
    {
      onMessage: (text) => 'stop' in (JSON.parse(text) as Control) && stop.abort(),
      onBack: () => {},
    },
  )
  const hasReaders = async (): Promise<boolean> => (await objects.call({ topic }, (stub) => stub.count())) > 0
  try {
    await line.open()
    await withLinger({ linger, hasReaders }, async (lonely) => {
      const brokenOff = signal ? AbortSignal.any([signal, lonely]) : lonely
      await run(untilAborted(source, stop.signal), { ...options, signal: brokenOff }).catch((error: unknown) => {
        // Broken off for want of readers, which is no failure to whoever started it.
        if (!lonely.aborted || signal?.aborted) throw error
      })
    })
  } finally {
    line.close()
  }
}
