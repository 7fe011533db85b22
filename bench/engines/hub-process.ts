import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import process from 'node:process'
import type { Commands } from './hub.ts'

interface Answer {
  id: number
  result?: unknown
  error?: string
}

/** A hub in a process of its own, seen from the bench. */
export class HubProcess implements Disposable {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #asked = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (answer: Answer) => this.#settle(answer))
    child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`A hub's process has ended with ${code}`))
    })
  }

  /** @param env - names the engine, as for the apps */
  static async start(env: Record<string, string>): Promise<HubProcess> {
    const child = fork(fileURLToPath(new URL('hub.ts', import.meta.url)), {
      env: { ...process.env, ...env },
      // What is live on a heap is known only after a collection.
      execArgv: ['--conditions=@holdfast/source', '--expose-gc'],
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`A hub's process has ended with ${code}`)
    })
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => {})
    return new HubProcess(child)
  }

  async ask<Name extends keyof Commands>(
    name: Name,
    order: Parameters<Commands[Name]>[0],
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    const id = this.#asked++
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answer)
    this.#child.send({ id, name, order })
    return (await answer.promise) as Awaited<ReturnType<Commands[Name]>>
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }

  #settle({ id, result, error }: Answer): void {
    const answer = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) answer?.resolve(result)
    else answer?.reject(new Error(error))
  }
}
