import { runKey, createHub, type HubPublication, type RunContext } from '@holdfast/core/hub'
import { BatchingBroker } from './batching-broker.ts'
import type { Topic } from './topic.ts'

/** What {@link HubObject.produce} is told beside its input. */
export interface ProduceContext {
  /** Aborted by `stop`, when nobody has read for `linger`, and by a failure. What is yielded after that is dropped. */
  signal: AbortSignal
  /** How many events of this run are stored: more than 0 when it goes on after an interruption. */
  written: number
  /** 0, and one more for each interruption. */
  attempt: number
}

/** How a run is done. */
export interface RunSettings {
  /** Milliseconds that what is written waits for more. */
  batchDelay: number
  /** Milliseconds to go on without readers. */
  linger: number
  /** Whether a run that was interrupted is begun again. */
  resumable: boolean
}

/** How far it is: stored with each batch, so without the input, which can be long. */
type StoredRun = Pick<ProduceContext, 'written' | 'attempt'>

const runName = 'holdfast:run'
const inputName = 'holdfast:input'
// The hub inside the object has one topic, and here its name is nowhere seen.
const topicName = 'topic'
const restarted = 'Cannot go on producing: the object was restarted'

/** What {@link Runs} needs of its object. */
export interface RunsParts {
  storage: DurableObjectStorage
  topic: Topic
  settings(): RunSettings
  produce(input: unknown, context: ProduceContext): AsyncIterable<HubPublication | string>
  hasReaders(): boolean
  /** A run began or ended: the alarm that keeps the object in memory is needed, or no longer. */
  onChange(): void
}

/**
 * The producer inside an object, one at a time. It outlives the request that started it.
 *
 * That it runs is stored: an object that finds a run which it does not remember was restarted in the middle of it.
 */
export class Runs {
  readonly #parts: RunsParts
  #active = false

  constructor(parts: RunsParts) {
    this.#parts = parts
  }

  get active(): boolean {
    return this.#active
  }

  /** Begin to produce, unless something is being produced or the key was used before. Returns whether it did. */
  start(input: unknown, key: string | undefined): boolean {
    const { storage, topic } = this.#parts
    if (this.active || (key !== undefined && topic.history.positionOf(runKey(key)))) return false
    storage.kv.put(inputName, { input })
    const run: StoredRun = { written: 0, attempt: 0 }
    storage.kv.put(runName, run)
    void this.#run(input, run, key)
    return true
  }

  /** Find out whether a run was interrupted, and go on with it or end its topic as failed. */
  recover(): void {
    if (this.active) return
    const { kv } = this.#parts.storage
    const run = kv.get<StoredRun>(runName)
    if (!run) return
    const again = { ...run, attempt: run.attempt + 1 }
    // Now, since nothing else may ever be: an interruption before the first event is one as well.
    kv.put(runName, again)
    void this.#run(kv.get<{ input: unknown }>(inputName)?.input, again, undefined)
  }

  async #run(input: unknown, run: StoredRun, key: string | undefined): Promise<void> {
    const { storage, topic, hasReaders, produce } = this.#parts
    const { batchDelay, linger, resumable } = this.#parts.settings()
    this.#active = true
    const broker = new BatchingBroker(topic, batchDelay, {
      onStored: (count) => {
        run.written += count
        storage.kv.put(runName, run)
      },
      onEnd: () => this.#forget(),
      hasReaders,
    })
    this.#parts.onChange()
    const source = ({ signal }: RunContext): AsyncIterable<HubPublication | string> => {
      if (run.attempt > 0 && !resumable) throw new Error(restarted)
      return produce(input, { signal, written: run.written, attempt: run.attempt })
    }
    // Without a lease: who looks for the object's producer restarts the object, which then knows better.
    const options = { key, linger, lease: 0 }
    // The topic has ended as failed, and nobody waits for this call.
    await createHub({ broker }).run(topicName, source, options).catch(console.error)
    // Still there when even the end could not be stored.
    this.#forget()
    this.#active = false
    this.#parts.onChange()
  }

  #forget(): void {
    const { kv } = this.#parts.storage
    kv.delete(runName)
    kv.delete(inputName)
  }
}
