import { createRandom } from './random.ts'

interface Task {
  at: number
  order: number
  run: (() => void) | undefined
}

/** Virtual time: tasks run in the order of their moments, and all that they promise is kept before the next one. */
export class World {
  readonly random: () => number
  now = 0
  #order = 0
  readonly #heap: Task[] = []

  constructor(seed: number) {
    this.random = createRandom(seed)
  }

  /** Run `task` in `delay` ms. @returns how to call it off */
  after(delay: number, run: () => void): Task {
    const task: Task = { at: this.now + Math.max(delay, 0), order: this.#order++, run }
    this.#push(task)
    return task
  }

  /** Uniform between two numbers. */
  between(low: number, high: number): number {
    return low + (high - low) * this.random()
  }

  async run(until: number): Promise<void> {
    await settle()
    for (let task = this.#heap[0]; task && task.at <= until; task = this.#heap[0]) {
      this.#pop()
      if (!task.run) continue
      this.now = task.at
      task.run()
      await settle()
    }
    this.now = until
  }

  #push(task: Task): void {
    const heap = this.#heap
    let index = heap.push(task) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(task, heap[parent] as Task)) break
      heap[index] = heap[parent] as Task
      index = parent
    }
    heap[index] = task
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Task
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child++
      if (!isBefore(heap[child] as Task, last)) break
      heap[index] = heap[child] as Task
      index = child
    }
    heap[index] = last
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
